import type { HandledStep, JourneyEvent, JourneyStep, StepOutcome } from './journey.ts';
import { aggregateCorrelationsOf } from './producer-tables.ts';
import { date, type Row, rowsOf, type ServiceDatabase, text } from './service-database.ts';

/** A step, and the event as the consumer knows it. */
export interface SeenStep {
  readonly step: JourneyStep;
  readonly event: JourneyEvent;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The correlation ids under which a service knows an aggregate, a correlation or an event id; all by index. */
export async function stepCorrelationsOf(database: ServiceDatabase, id: string): Promise<readonly string[]> {
  const byCorrelation = await rowsOf(
    database,
    `(SELECT correlation_id AS id FROM waybill.inbox WHERE correlation_id = $1 LIMIT 1)
     UNION ALL (SELECT correlation_id FROM waybill.parked WHERE correlation_id = $1 LIMIT 1)`,
    [id],
  );
  const byEvent = uuid.test(id)
    ? await rowsOf(
        database,
        `SELECT correlation_id AS id FROM waybill.inbox WHERE event_id = $1::uuid
         UNION SELECT correlation_id FROM waybill.parked WHERE event_id = $1::text AND correlation_id IS NOT NULL`,
        [id],
      )
    : [];
  const byAggregate = await aggregateCorrelationsOf(database, id);
  return [...byAggregate, ...[...byCorrelation, ...byEvent].map((row) => String(row['id']))];
}

export async function handledOf(database: ServiceDatabase, correlationIds: readonly string[]) {
  const rows = await rowsOf(
    database,
    `SELECT * FROM waybill.inbox WHERE correlation_id = ANY ($1) AND arrival <> 'skipped'`,
    [correlationIds],
  );
  return rows.map((row) => {
    const outcome: HandledStep = {
      kind: 'handled',
      arrival: arrivalOf(row['arrival']),
      receivedAt: date(row['received_at']) ?? new Date(0),
      handledAt: date(row['handled_at']) ?? new Date(0),
      workMs: Number(row['work_ms']),
      attempts: Number(row['attempts']),
    };
    return seen(database, row, date(row['event_time']), outcome);
  });
}

export async function skippedOf(database: ServiceDatabase, correlationIds: readonly string[]) {
  const rows = await rowsOf(database, `SELECT * FROM waybill.skipped WHERE correlation_id = ANY ($1)`, [
    correlationIds,
  ]);
  return rows.map((row) => {
    const at = date(row['skipped_at']) ?? new Date(0);
    return seen(database, row, at, { kind: 'skipped', reason: String(row['reason']), at });
  });
}

export async function parkedOf(database: ServiceDatabase, correlationIds: readonly string[]) {
  const rows = await rowsOf(
    database,
    `SELECT *, headers ->> 'ce_time' AS event_time FROM waybill.parked WHERE correlation_id = ANY ($1)`,
    [correlationIds],
  );
  return rows.map((row) => {
    const since = date(row['parked_at']) ?? new Date(0);
    const time = new Date(text(row['event_time']) ?? Number.NaN);
    return seen(database, row, Number.isNaN(time.getTime()) ? since : time, {
      kind: 'parked',
      reason: String(row['reason']),
      since,
      attempts: Number(row['attempts']),
      dueAt: date(row['due_at']),
      waitsFor: text(row['waits_for'])?.split(' ', 1)[0],
      error: errorOf(row),
    });
  });
}

function seen({ service }: ServiceDatabase, row: Row, time: Date | undefined, outcome: StepOutcome): SeenStep {
  const eventId = String(row['event_id']);
  return {
    step: { eventId, consumer: String(row['consumer']), service, outcome },
    event: {
      id: eventId,
      type: text(row['type']) ?? 'an unreadable event',
      aggregateType: String(row['aggregate_type']),
      aggregateId: String(row['aggregate_id']),
      version: Number(row['version']),
      correlationId: String(row['correlation_id']),
      causationId: text(row['causation_id']),
      traceId: text(row['trace_id']),
      time: time ?? new Date(0),
      service: undefined,
    },
  };
}

function errorOf(row: Row): string | undefined {
  const message = text(row['error_message']);
  return message === undefined ? undefined : `${text(row['error_code']) ?? 'error'}: ${message}`;
}

function arrivalOf(value: unknown): HandledStep['arrival'] {
  return value === 'parked' || value === 'fetched' ? value : 'delivered';
}
