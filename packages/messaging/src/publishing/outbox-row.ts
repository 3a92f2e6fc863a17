import type { OutgoingRecord } from '../log.ts';
import { keyOf } from './slot.ts';

export type OutboxKind = 'event' | 'snapshot';

/** A row of the outbox as it is published. Header values are as stored; `null` where there is none. */
export interface OutboxRow {
  /** Order within one delta of the cursor. Below 2^53. */
  readonly position: number;
  readonly slot: number;
  readonly kind: OutboxKind;
  readonly id: string;
  readonly tenant: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly aggregateVersion: number;
  readonly type: string;
  readonly topic: string;
  /** Confluent framed. */
  readonly payload: Uint8Array;
  readonly specVersion: string;
  readonly source: string;
  readonly time: string;
  readonly dataSchema: string;
  readonly contentType: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** The majors in which the fact is published side by side, `1,2`; `null` when there is one. */
  readonly renditions: string | null;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly baggage: string | null;
}

/**
 * The headers of a row on the wire: CloudEvents 1.0 in Kafka's binary mode, its extensions, and W3C trace context.
 * The one place that says so: the relay, {@link FetchedRecord}s and tests all come here.
 */
export function headersOf(row: OutboxRow): Record<string, string> {
  const headers: Record<string, string> = {
    ce_specversion: row.specVersion,
    ce_id: row.id,
    ce_type: row.type,
    ce_source: row.source,
    ce_subject: row.aggregateId,
    ce_time: row.time,
    ce_dataschema: row.dataSchema,
    'content-type': row.contentType,
    ce_correlationid: row.correlationId,
    ce_aggregatetype: row.aggregateType,
    ce_aggregateversion: String(row.aggregateVersion),
    ce_partitionkey: keyOf(row),
  };
  if (row.causationId !== null) headers['ce_causationid'] = row.causationId;
  if (row.renditions !== null) headers['ce_renditions'] = row.renditions;
  if (row.tenant !== '') headers['ce_tenantid'] = row.tenant;
  if (row.traceparent !== null) headers['traceparent'] = row.traceparent;
  if (row.tracestate !== null) headers['tracestate'] = row.tracestate;
  if (row.baggage !== null) headers['baggage'] = row.baggage;
  return headers;
}

/** The row as a record for the log. */
export function recordOf(row: OutboxRow): OutgoingRecord {
  return { topic: row.topic, key: keyOf(row), value: row.payload, headers: headersOf(row) };
}
