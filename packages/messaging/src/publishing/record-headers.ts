import type { OutboxRow } from './outbox-row.ts';
import { keyOf } from './slot.ts';

/**
 * The headers of a row on the wire: CloudEvents 1.0 in Kafka's binary mode, its extensions, and W3C trace context, with
 * what each says of a row; `null` where it has none. The one place that says so: the relay, {@link FetchedRecord}s,
 * stores and tests all come here.
 */
const HEADER_VALUES = {
  ce_specversion: (row) => row.specVersion,
  ce_id: (row) => row.id,
  ce_type: (row) => row.type,
  ce_source: (row) => row.source,
  ce_subject: (row) => row.aggregateId,
  ce_time: (row) => row.time,
  ce_dataschema: (row) => row.dataSchema,
  'content-type': (row) => row.contentType,
  ce_correlationid: (row) => row.correlationId,
  ce_aggregatetype: (row) => row.aggregateType,
  ce_aggregateversion: (row) => String(row.aggregateVersion),
  ce_partitionkey: (row) => keyOf(row),
  ce_causationid: (row) => row.causationId,
  ce_renditions: (row) => row.renditions,
  ce_tenantid: (row) => (row.tenant === '' ? null : row.tenant),
  traceparent: (row) => row.traceparent,
  tracestate: (row) => row.tracestate,
  baggage: (row) => row.baggage,
} as const satisfies Record<string, (row: OutboxRow) => string | null>;

export type HeaderName = keyof typeof HEADER_VALUES;

/** Every header that a row may have, in the order in which they are written. */
export const HEADERS = Object.entries(HEADER_VALUES).map(([name, valueOf]) => ({ name: name as HeaderName, valueOf }));

/** The headers of a row on the wire, by name. */
export function headersOf(row: OutboxRow): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, valueOf } of HEADERS) {
    const value = valueOf(row);
    if (value !== null) headers[name] = value;
  }
  return headers;
}
