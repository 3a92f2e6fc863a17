import { type FetchedRecord, headersOf, keyOf, type OutboxRow, type Queryable } from '@waybill/messaging';
import { outboxColumns } from './outbox-columns.ts';

export interface EventRange {
  readonly aggregateType: string;
  readonly aggregateId: string;
  /** Empty where there are no tenants. */
  readonly tenant: string;
  readonly fromVersion: number;
  /** Inclusive. */
  readonly toVersion: number;
}

/**
 * The events of one aggregate that the outbox still has, all renditions, in version order, as they were published.
 * The caller bounds the range: what it asks for is read into memory.
 */
export async function fetchEvents(db: Queryable, range: EventRange): Promise<readonly FetchedRecord[]> {
  const { rows } = await db.query(FETCH, [
    range.tenant,
    range.aggregateType,
    range.aggregateId,
    range.fromVersion,
    range.toVersion,
  ]);
  return rows.map((row) => fetchedRecordOf(outboxRowOf(row)));
}

/** The row as a record for whoever fetches it. */
export function fetchedRecordOf(row: OutboxRow): FetchedRecord {
  return { topic: row.topic, key: keyOf(row), value: row.payload, headers: headersOf(row) };
}

const FETCH = `
SELECT ${outboxColumns('o')} FROM waybill.outbox o
 WHERE o.kind = 'event' AND o.tenant = $1 AND o.aggregatetype = $2 AND o.aggregateid = $3
   AND o.aggregateversion BETWEEN $4::bigint AND $5::bigint
 ORDER BY o.aggregateversion, o.position`;

function outboxRowOf(row: Readonly<Record<string, unknown>>): OutboxRow {
  const text = (name: string): string => String(row[name]);
  const optional = (name: string): string | null => (row[name] === null ? null : text(name));
  const payload = row['payload'];
  return {
    position: Number(row['position']),
    slot: Number(row['slot']),
    kind: row['kind'] === 'snapshot' ? 'snapshot' : 'event',
    id: text('id'),
    tenant: text('tenant'),
    aggregateType: text('aggregatetype'),
    aggregateId: text('aggregateid'),
    aggregateVersion: Number(row['aggregateversion']),
    type: text('type'),
    topic: text('topic'),
    payload: payload instanceof Uint8Array ? payload : new Uint8Array(),
    specVersion: text('specversion'),
    source: text('source'),
    time: text('time'),
    dataSchema: text('dataschema'),
    contentType: text('contenttype'),
    correlationId: text('correlationid'),
    causationId: optional('causationid'),
    renditions: optional('renditions'),
    traceparent: optional('traceparent'),
    tracestate: optional('tracestate'),
    baggage: optional('baggage'),
  };
}
