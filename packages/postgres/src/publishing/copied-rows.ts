import { Buffer } from 'node:buffer';
import { BYTES_AROUND_VALUES, ENCODED_NAMES, type HeaderName, putLength } from '@waybill/messaging';
import { CopiedRow } from './copied-row.ts';

/** What a header says, in SQL; null where a row has none. */
const HEADER_COLUMNS: Readonly<Record<HeaderName, (alias: string) => string>> = {
  ce_specversion: (alias) => `${alias}.specversion`,
  ce_id: (alias) => `${alias}.id::text`,
  ce_type: (alias) => `${alias}.type`,
  ce_source: (alias) => `${alias}.source`,
  ce_subject: (alias) => `${alias}.aggregateid`,
  ce_time: (alias) => `${alias}.time`,
  ce_dataschema: (alias) => `${alias}.dataschema`,
  'content-type': (alias) => `${alias}.contenttype`,
  ce_correlationid: (alias) => `${alias}.correlationid`,
  ce_aggregatetype: (alias) => `${alias}.aggregatetype`,
  ce_aggregateversion: (alias) => `${alias}.aggregateversion::text`,
  ce_partitionkey: (alias) => `${alias}.partitionkey`,
  ce_causationid: (alias) => `${alias}.causationid`,
  ce_renditions: (alias) => `${alias}.renditions`,
  ce_tenantid: (alias) => `nullif(${alias}.tenant, '')`,
  traceparent: (alias) => `${alias}.traceparent`,
  tracestate: (alias) => `${alias}.tracestate`,
  baggage: (alias) => `${alias}.baggage`,
};

const OWN_COLUMNS = ['position', 'slot', 'kind', 'topic', 'payload'] as const;
const SUBJECT = ENCODED_NAMES.findIndex(({ name }) => name === 'ce_subject');
const TENANT = ENCODED_NAMES.findIndex(({ name }) => name === 'ce_tenantid');
const TRACEPARENT = ENCODED_NAMES.findIndex(({ name }) => name === 'traceparent');

/** The columns in the order that {@link CopiedRows} reads them; `alias` is the table's in the query. */
export function copiedColumns(alias: string): string {
  const own = OWN_COLUMNS.map((name) => `${alias}.${name}`);
  return [...own, ...ENCODED_NAMES.map(({ name }) => HEADER_COLUMNS[name](alias))].join(', ');
}

/** COPY's binary format begins with 11 bytes of signature, 4 of flags and the length of an extension. */
const HEADER_BYTES = 19;
/** Bytes of memory taken at once for the rows; what is larger gets its own. */
const SEGMENT_BYTES = 256 * 1_024;

/**
 * Collects the rows of a `COPY (SELECT …) TO STDOUT (FORMAT binary)` (PostgreSQL, "COPY", "Binary Format") of
 * {@link copiedColumns}. The server sends each row in a message of its own. What is kept of it is copied, since the
 * driver uses the memory of a message again.
 */
export class CopiedRows {
  readonly rows: CopiedRow[] = [];
  #begun = false;
  #segment = Buffer.allocUnsafeSlow(SEGMENT_BYTES);
  #used = 0;
  #topic = { text: '', bytes: Buffer.alloc(0) };

  add(message: Buffer): void {
    let at = 0;
    if (!this.#begun) {
      this.#begun = true;
      at = HEADER_BYTES + message.readInt32BE(HEADER_BYTES - 4);
      if (at >= message.length) return;
    }
    // The last message says that there are -1 columns.
    if (message.readInt16BE(at) >= 0) this.rows.push(this.#row(message, at + 2));
  }

  #row(message: Buffer, start: number): CopiedRow {
    this.#reserve(message.length - start + BYTES_AROUND_VALUES);
    let at = start;
    const position = message.readUInt32BE(at + 4) * 2 ** 32 + message.readUInt32BE(at + 8);
    at += 12;
    const slot = message.readInt16BE(at + 4);
    at += 6;
    // 'event' or 'snapshot'
    const kind = message[at + 4] === 0x73 ? 'snapshot' : 'event';
    at += 4 + message.readInt32BE(at);
    const topic = this.#topicAt(message, at + 4, at + 4 + message.readInt32BE(at));
    at += 4 + message.readInt32BE(at);
    const payload = this.#keep(message, at + 4, at + 4 + message.readInt32BE(at));
    at += 4 + payload.length;
    const texts = { tenant: '', aggregateId: '', traceparent: null as string | null };
    const headerBytes = this.#headers(message, at, texts);
    return new CopiedRow({ position, slot, kind, topic, payload, headerBytes, ...texts });
  }

  #headers(
    message: Buffer,
    start: number,
    texts: { tenant: string; aggregateId: string; traceparent: string | null },
  ): Buffer {
    const segment = this.#segment;
    const begin = this.#used;
    let count = 0;
    let from = start;
    // Their number fits into one byte.
    let to = begin + 1;
    for (let column = 0; column < ENCODED_NAMES.length; column += 1) {
      const length = message.readInt32BE(from);
      from += 4;
      if (length < 0) continue;
      count += 1;
      to = copy(ENCODED_NAMES[column]?.bytes ?? message, 0, ENCODED_NAMES[column]?.bytes.length ?? 0, segment, to);
      to = putLength(segment, to, length);
      to = copy(message, from, from + length, segment, to);
      from += length;
      if (column === SUBJECT) texts.aggregateId = message.toString('utf8', from - length, from);
      else if (column === TENANT) texts.tenant = message.toString('utf8', from - length, from);
      else if (column === TRACEPARENT) texts.traceparent = message.toString('latin1', from - length, from);
    }
    segment[begin] = count << 1;
    this.#used = to;
    return segment.subarray(begin, to);
  }

  /** Rows that lie together mostly have the same topic. */
  #topicAt(message: Buffer, from: number, to: number): string {
    const { bytes, text } = this.#topic;
    if (bytes.length === to - from && message.compare(bytes, 0, bytes.length, from, to) === 0) return text;
    this.#topic = { text: message.toString('utf8', from, to), bytes: Buffer.from(message.subarray(from, to)) };
    return this.#topic.text;
  }

  #keep(message: Buffer, from: number, to: number): Buffer {
    const begin = this.#used;
    this.#used = copy(message, from, to, this.#segment, begin);
    return this.#segment.subarray(begin, this.#used);
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#segment.length) return;
    this.#segment = Buffer.allocUnsafeSlow(Math.max(SEGMENT_BYTES, bytes));
    this.#used = 0;
  }
}

/** Below this many bytes a loop is faster than a call into the runtime. */
const SHORT = 48;

function copy(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  if (to - from > SHORT) {
    target.set(source.subarray(from, to), at);
    return at + to - from;
  }
  let next = at;
  for (let index = from; index < to; index += 1) {
    target[next] = source[index] ?? 0;
    next += 1;
  }
  return next;
}
