import type { Queryable } from '@waybill/messaging';
import { AGGREGATE_TYPES } from '../publishing/aggregate-types.ts';

/** Something that a service did with an event: published, handled, skipped or parked it. */
export interface TraceStepRow {
  readonly kind: 'published' | 'handled' | 'skipped' | 'parked';
  readonly eventId: string;
  readonly type: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly correlationId: string | undefined;
  readonly causationId: string | undefined;
  readonly traceId: string | undefined;
  readonly at: Date;
  readonly consumer: string | undefined;
  readonly endedAt: Date | undefined;
  readonly workMs: number | undefined;
  readonly arrival: string | undefined;
  readonly attempts: number | undefined;
  readonly why: string | undefined;
  readonly parkedId: string | undefined;
  /** Of what stood in the queue, also when it was handled or given up since: when it came there. */
  readonly parkedAt: Date | undefined;
  /** Attempts that failed, the first first. */
  readonly tries: readonly { readonly at: Date; readonly workMs: number | undefined }[];
}

const STEPS_SHOWN = 500;
const CORRELATIONS_SHOWN = 20;
const TRIES_SHOWN = 20;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The last failed attempts of an event at a consumer; they are kept for a time. */
const triesOf = (row: string): string => `(SELECT json_agg(json_build_object(
    'at', extract(epoch FROM a.failed_at) * 1000, 'workMs', a.work_ms) ORDER BY a.failed_at)
  FROM (SELECT failed_at, work_ms FROM waybill.parked_attempt
         WHERE consumer = ${row}.consumer AND event_id = ${row}.event_id::text AND version = ${row}.version
         ORDER BY failed_at DESC LIMIT ${TRIES_SHOWN}) a)`;

/**
 * What this database knows of an id: a correlation, an entity, or an event. Each part is found by an index; the newest
 * correlations of an entity count. Published events are found by their entity: those of `entities` are looked for too.
 */
export async function traceSteps(
  db: Queryable,
  id: string,
  entities: readonly string[] = [],
): Promise<{
  readonly correlationIds: readonly string[];
  readonly steps: readonly TraceStepRow[];
  readonly cut: boolean;
}> {
  const found = await correlationsOf(db, id);
  // Who names entities knows the id to be a correlation, of which this database may know no more than what it published.
  const correlationIds = found.length === 0 && entities.length > 0 ? [id] : found;
  if (correlationIds.length === 0) return { correlationIds, steps: [], cut: false };
  const consumed = await db.query(
    `(SELECT 'handled' AS kind, event_id::text, type, aggregate_type, aggregate_id, version, correlation_id, causation_id,
             trace_id, received_at AS at, consumer, handled_at AS ended_at, work_ms, arrival, attempts, NULL AS why,
             NULL::bigint AS parked_id, CASE WHEN arrival = 'parked' THEN received_at END AS parked_at,
             CASE WHEN arrival <> 'delivered' THEN ${triesOf('i')} END AS tries
        FROM waybill.inbox i WHERE correlation_id = ANY ($1) AND arrival <> 'skipped' LIMIT ${STEPS_SHOWN + 1})
     UNION ALL
     (SELECT 'skipped', event_id::text, type, aggregate_type, aggregate_id, version, correlation_id, NULL, NULL,
             skipped_at, consumer, NULL, NULL, NULL, NULL, reason, NULL,
             -- What a person gave up is in the inbox as well, with the time at which it was parked.
             CASE WHEN reason = 'operator' THEN (SELECT received_at FROM waybill.inbox i
               WHERE i.event_id = s.event_id AND i.consumer = s.consumer AND i.arrival = 'skipped') END,
             CASE WHEN reason = 'operator' THEN ${triesOf('s')} END
        FROM waybill.skipped s WHERE correlation_id = ANY ($1) LIMIT ${STEPS_SHOWN + 1})
     UNION ALL
     (SELECT 'parked', event_id, coalesce(type, ''), aggregate_type, aggregate_id, version, correlation_id,
             headers ->> 'ce_causationid', split_part(headers ->> 'traceparent', '-', 2), parked_at, consumer, NULL, NULL, NULL,
             attempts, concat_ws(': ', reason, error_code, error_message), id, parked_at, ${triesOf('p')}
        FROM waybill.parked p WHERE correlation_id = ANY ($1) AND consumer NOT LIKE '%@%' LIMIT ${STEPS_SHOWN + 1})`,
    [correlationIds],
  );
  const aggregates = [...new Set([id, ...entities, ...consumed.rows.map((row) => String(row['aggregate_id']))])];
  const published = await db.query(
    `SELECT 'published' AS kind, id::text AS event_id, type, aggregatetype AS aggregate_type, aggregateid AS aggregate_id,
            aggregateversion AS version, correlationid AS correlation_id, causationid AS causation_id,
            split_part(traceparent, '-', 2) AS trace_id, time::timestamptz AS at
       FROM waybill.outbox
      WHERE tenant = '' AND aggregatetype IN (${AGGREGATE_TYPES})
        AND aggregateid = ANY ($2) AND kind = 'event' AND correlationid = ANY ($1) LIMIT ${STEPS_SHOWN + 1}`,
    [correlationIds, aggregates],
  );
  const rows = [...published.rows, ...consumed.rows].map(stepRow).toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return { correlationIds, steps: rows.slice(0, STEPS_SHOWN), cut: rows.length > STEPS_SHOWN };
}

async function correlationsOf(db: Queryable, id: string): Promise<readonly string[]> {
  const { rows } = await db.query(
    `SELECT DISTINCT correlation FROM (
       (SELECT correlation_id AS correlation FROM waybill.inbox WHERE correlation_id = $1 LIMIT 1)
       UNION ALL (SELECT correlation_id FROM waybill.parked WHERE correlation_id = $1 LIMIT 1)
       UNION ALL (SELECT correlation_id FROM waybill.skipped WHERE correlation_id = $1 LIMIT 1)
       UNION ALL (SELECT correlation_id FROM waybill.parked WHERE event_id = $1)
       UNION ALL (SELECT correlationid FROM waybill.outbox
         WHERE tenant = '' AND aggregatetype IN (${AGGREGATE_TYPES})
           AND aggregateid = $1 AND kind = 'event' ORDER BY aggregateversion DESC LIMIT ${CORRELATIONS_SHOWN})
       ${uuid.test(id) ? 'UNION ALL (SELECT correlation_id FROM waybill.inbox WHERE event_id = $1::uuid)' : ''}
     ) found WHERE correlation IS NOT NULL LIMIT ${CORRELATIONS_SHOWN}`,
    [id],
  );
  return rows.map((row) => String(row['correlation']));
}

function stepRow(row: Record<string, unknown>): TraceStepRow {
  const text = (field: string) => {
    const value = row[field];
    return typeof value === 'string' || typeof value === 'number' ? textOrNothing(String(value)) : undefined;
  };
  const number = (field: string) => {
    const value = text(field);
    return value === undefined ? undefined : Number(value);
  };
  return {
    kind: row['kind'] as TraceStepRow['kind'],
    eventId: String(row['event_id']),
    type: String(row['type']),
    aggregateType: String(row['aggregate_type']),
    aggregateId: String(row['aggregate_id']),
    version: Number(row['version']),
    correlationId: text('correlation_id'),
    causationId: text('causation_id'),
    traceId: text('trace_id'),
    at: row['at'] as Date,
    consumer: text('consumer'),
    endedAt: (row['ended_at'] ?? undefined) as Date | undefined,
    workMs: number('work_ms'),
    arrival: text('arrival'),
    attempts: number('attempts'),
    why: text('why'),
    parkedId: text('parked_id'),
    parkedAt: (row['parked_at'] ?? undefined) as Date | undefined,
    tries: ((row['tries'] ?? []) as readonly TryRow[]).map(({ at, workMs }) => ({
      at: new Date(at),
      workMs: workMs ?? undefined,
    })),
  };
}

interface TryRow {
  readonly at: number;
  readonly workMs: number | null;
}

function textOrNothing(text: string): string | undefined {
  return text === '' ? undefined : text;
}
