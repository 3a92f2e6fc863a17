import { Buffer } from 'node:buffer';
import type { OutboxRow } from '@waybill/messaging';

/**
 * The columns of an outbox row in the order that {@link rowOf} reads them; `alias` is the table's in the query. Rows
 * are read as arrays: no object is built only to be copied into another.
 */
export function outboxColumns(alias: string): string {
  return NAMES.map((name) => `${alias}.${name}`).join(', ');
}

const NAMES = [
  'position',
  'slot',
  'kind',
  'id',
  'tenant',
  'aggregatetype',
  'aggregateid',
  'aggregateversion',
  'type',
  'topic',
  'payload',
  'specversion',
  'source',
  'time',
  'dataschema',
  'contenttype',
  'correlationid',
  'causationid',
  'renditions',
  'traceparent',
  'tracestate',
  'baggage',
] as const;

/** Values as the server sends them, as text; nothing is parsed before it is needed. */
export type RawRow = readonly (string | null)[];

/** For queries in array mode: every column as the text that came, so that no driver setting changes what is read. */
export const rawTypes = { getTypeParser: () => (value: string) => value };

/** Reads the columns of {@link outboxColumns} that begin at index `at`. */
export function rowOf(raw: RawRow, at: number): OutboxRow {
  const text = (index: number): string => raw[at + index] ?? '';
  return {
    position: Number(text(0)),
    slot: Number(text(1)),
    kind: text(2) === 'snapshot' ? 'snapshot' : 'event',
    id: text(3),
    tenant: text(4),
    aggregateType: text(5),
    aggregateId: text(6),
    aggregateVersion: Number(text(7)),
    type: text(8),
    topic: text(9),
    payload: Buffer.from(text(10).slice(2), 'hex'),
    specVersion: text(11),
    source: text(12),
    time: text(13),
    dataSchema: text(14),
    contentType: text(15),
    correlationId: text(16),
    causationId: raw[at + 17] ?? null,
    renditions: raw[at + 18] ?? null,
    traceparent: raw[at + 19] ?? null,
    tracestate: raw[at + 20] ?? null,
    baggage: raw[at + 21] ?? null,
  };
}
