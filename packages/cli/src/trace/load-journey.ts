import type pg from 'pg';
import type { Journey, JourneyEvent, JourneyStep } from './journey.ts';

/** A service's database, by the service's name. */
export interface ServiceDatabase {
  readonly service: string;
  readonly pool: pg.Pool;
}

type Row = Record<string, unknown>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Finds the journey of an aggregate id (an order's), a correlation id or an event id in Waybill's own tables, so that
 * it is there where there is no Jaeger and where sampling left the trace out. Undefined when nothing has that id.
 */
export async function loadJourney(databases: readonly ServiceDatabase[], id: string): Promise<Journey | undefined> {
  const correlationIds = await correlationsOf(databases, id);
  if (correlationIds.length === 0) return undefined;
  const found = await Promise.all(databases.map(async (database) => stepsOf(database, correlationIds)));
  const fromSteps = found.flatMap(({ events }) => events);
  // What nobody has handled yet is known to its producer alone, which is asked by the aggregates seen so far.
  const aggregates = new Set([id, ...fromSteps.map(({ aggregateId }) => aggregateId)]);
  const published = await Promise.all(
    databases.map(async (database) => outboxOf(database, [...aggregates], correlationIds)),
  );
  const events = new Map([...published.flat(), ...fromSteps].map((event) => [event.id, event]));
  return { events: [...events.values()], steps: found.flatMap(({ steps }) => steps) };
}

async function correlationsOf(databases: readonly ServiceDatabase[], id: string): Promise<readonly string[]> {
  const answers = await Promise.all(
    databases.map(async ({ pool }) => {
      const byAggregate = await pool.query<Row>(
        `SELECT DISTINCT correlationid AS id FROM waybill.outbox
          WHERE tenant = '' AND aggregatetype IN (SELECT DISTINCT aggregate_type FROM waybill.stream) AND aggregateid = $1 AND kind = 'event'`,
        [id],
      );
      const byCorrelation = await pool.query<Row>(
        `(SELECT correlation_id AS id FROM waybill.inbox WHERE correlation_id = $1 LIMIT 1)
         UNION ALL (SELECT correlation_id FROM waybill.parked WHERE correlation_id = $1 LIMIT 1)`,
        [id],
      );
      const byEvent = UUID.test(id)
        ? await pool.query<Row>(
            `SELECT correlation_id AS id FROM waybill.inbox WHERE event_id = $1::uuid
             UNION SELECT correlation_id FROM waybill.parked WHERE event_id = $1::text AND correlation_id IS NOT NULL
             UNION SELECT correlation_id FROM waybill.skipped WHERE event_id = $1::uuid`,
            [id],
          )
        : { rows: [] };
      return [...byAggregate.rows, ...byCorrelation.rows, ...byEvent.rows].map((row) => String(row['id']));
    }),
  );
  return [...new Set(answers.flat())];
}

async function stepsOf({ service, pool }: ServiceDatabase, correlationIds: readonly string[]) {
  const params = [correlationIds];
  const handled = await pool.query<Row>(`SELECT * FROM waybill.inbox WHERE correlation_id = ANY ($1)`, params);
  const skipped = await pool.query<Row>(`SELECT * FROM waybill.skipped WHERE correlation_id = ANY ($1)`, params);
  const parked = await pool.query<Row>(`SELECT * FROM waybill.parked WHERE correlation_id = ANY ($1)`, params);
  const step = (row: Row, outcome: JourneyStep['outcome']): JourneyStep => ({
    eventId: String(row['event_id']),
    consumer: String(row['consumer']),
    service,
    outcome,
  });
  const steps = [
    ...handled.rows.map((row) =>
      step(row, {
        kind: 'handled',
        arrival: row['arrival'] as 'delivered' | 'parked' | 'fetched',
        receivedAt: row['received_at'] as Date,
        handledAt: row['handled_at'] as Date,
        workMs: Number(row['work_ms']),
        attempts: Number(row['attempts']),
      }),
    ),
    ...skipped.rows.map((row) =>
      step(row, { kind: 'skipped', reason: String(row['reason']), at: row['skipped_at'] as Date }),
    ),
    ...parked.rows.map((row) =>
      step(row, {
        kind: 'parked',
        reason: String(row['reason']),
        since: row['parked_at'] as Date,
        attempts: Number(row['attempts']),
        error: text(row['error_message']),
      }),
    ),
  ];
  const events = handled.rows.map((row): JourneyEvent => ({
    id: String(row['event_id']),
    type: String(row['type']),
    aggregateType: String(row['aggregate_type']),
    aggregateId: String(row['aggregate_id']),
    version: Number(row['version']),
    correlationId: String(row['correlation_id']),
    causationId: text(row['causation_id']),
    traceId: text(row['trace_id']),
    time: row['event_time'] as Date,
  }));
  return { steps, events };
}

/** Of renditions of one fact, the highest major is shown. */
async function outboxOf({ pool }: ServiceDatabase, aggregateIds: readonly string[], correlationIds: readonly string[]) {
  const { rows } = await pool.query<Row>(
    `SELECT DISTINCT ON (id) id, type, aggregatetype, aggregateid, aggregateversion, correlationid, causationid, traceparent, time
       FROM waybill.outbox
      WHERE tenant = '' AND aggregatetype IN (SELECT DISTINCT aggregate_type FROM waybill.stream)
        AND aggregateid = ANY ($1) AND correlationid = ANY ($2) AND kind = 'event'
      ORDER BY id, major DESC`,
    [aggregateIds, correlationIds],
  );
  return rows.map((row): JourneyEvent => ({
    id: String(row['id']),
    type: String(row['type']),
    aggregateType: String(row['aggregatetype']),
    aggregateId: String(row['aggregateid']),
    version: Number(row['aggregateversion']),
    correlationId: String(row['correlationid']),
    causationId: text(row['causationid']),
    traceId: text(row['traceparent'])?.split('-')[1],
    time: new Date(String(row['time'])),
  }));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
