import { installedVersion, internal, replaceInternal, replacedVersion } from './internals.ts';

const decoderModule = 'protocol/recordBatch/record/v0/decoder.js';
const decoderReaders = [
  'protocol/recordBatch/v0/decoder.js',
  'protocol/requests/fetch/v4/decodeMessages.js',
  ...[4, 5, 6, 7, 8, 9, 10, 11].map((version) => `protocol/requests/fetch/v${version}/response.js`),
];

/** What kafkajs hands over: the bytes of one record, and where in them reading goes on. */
interface RecordBytes {
  readonly buffer: Buffer;
  offset: number;
}

/** What a record's batch says of all its records. */
export interface BatchContext {
  readonly firstOffset?: string;
  readonly firstTimestamp?: string;
  readonly maxTimestamp?: string;
  readonly magicByte?: number;
  readonly isControlBatch?: boolean;
  /** 1 when the broker's time stands in place of the producer's. */
  readonly timestampType?: number;
}

type HeaderValue = Buffer | null | (Buffer | null)[];

let isReplaced = false;

/**
 * Replaces kafkajs's decoder of a record, which copies all headers it has for each header it adds, and reckons offsets
 * and times with objects.
 */
export function replaceRecordDecoder(): void {
  if (isReplaced || installedVersion() !== replacedVersion) return;
  isReplaced = true;
  internal(decoderModule);
  replaceInternal(decoderModule, decodeRecord, decoderReaders);
}

/**
 * A record of format 2 (Kafka's protocol guide, "Record Batch"), without its own length, as kafkajs has it decoded. Its
 * headers are decoded when they are asked for: most readers want them as text, which {@link textHeadersOf} gives at once.
 */
export function decodeRecord(bytes: RecordBytes, batchContext: BatchContext = {}): DecodedRecord {
  const cursor = new Cursor(bytes.buffer, bytes.offset);
  const attributes = cursor.int8();
  const timestampDelta = cursor.varLong();
  const offsetDelta = cursor.varInt();
  const key = cursor.bytes();
  const value = cursor.bytes();
  const encodedHeaders: EncodedHeaders = { buffer: bytes.buffer, at: cursor.at };
  bytes.offset = bytes.buffer.length;
  const { firstOffset = '0', firstTimestamp = '0', maxTimestamp, timestampType, magicByte } = batchContext;
  const isAppendTime = timestampType === LOG_APPEND_TIME && maxTimestamp !== undefined && maxTimestamp !== '';
  let headers: Record<string, HeaderValue> | undefined;
  return {
    magicByte,
    attributes,
    timestamp: isAppendTime ? maxTimestamp : sum(firstTimestamp, timestampDelta),
    offset: sum(firstOffset, offsetDelta),
    key,
    value,
    get headers() {
      headers ??= readHeaders(encodedHeaders);
      return headers;
    },
    isControlRecord: batchContext.isControlBatch ?? false,
    batchContext,
    [encoded]: encodedHeaders,
  };
}

const LOG_APPEND_TIME = 1;

/** Where the headers of a record that was decoded here lie. */
const encoded = Symbol('encoded headers');

interface EncodedHeaders {
  readonly buffer: Buffer;
  readonly at: number;
}

interface DecodedRecord {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, HeaderValue>;
  readonly isControlRecord: boolean;
  readonly attributes: number;
  readonly magicByte: number | undefined;
  readonly batchContext: BatchContext;
  readonly [encoded]: EncodedHeaders;
}

/**
 * A record's headers as UTF-8 text; a repeated header keeps its last value, one without a value is left out. Undefined
 * for a record that was not decoded here.
 */
export function textHeadersOf(record: object): Record<string, string> | undefined {
  const place = (record as Partial<DecodedRecord>)[encoded];
  if (place === undefined) return undefined;
  const headers: Record<string, string> = {};
  const cursor = new Cursor(place.buffer, place.at);
  const count = cursor.varInt();
  for (let index = 0; index < count; index += 1) {
    const name = cursor.headerName(index);
    const value = cursor.text();
    if (value !== null) setOwn(headers, name, value);
  }
  return headers;
}

/** A name that comes again has all its values, in their order. */
function readHeaders({ buffer, at }: EncodedHeaders): Record<string, HeaderValue> {
  const headers: Record<string, HeaderValue> = {};
  const cursor = new Cursor(buffer, at);
  const count = cursor.varInt();
  for (let index = 0; index < count; index += 1) {
    const name = cursor.headerName(index);
    const value = cursor.bytes();
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    setOwn(headers, name, before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]);
  }
  return headers;
}

function setOwn<T>(headers: Record<string, T>, name: string, value: T): void {
  // By assignment it would swap the prototype instead.
  if (name === '__proto__')
    Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true });
  else headers[name] = value;
}

/** Two numbers in decimal; 64 bits are beyond what a number holds, but hardly ever reached. */
function sum(first: string, delta: number | bigint): string {
  const start = Number(first);
  if (typeof delta === 'number' && Number.isSafeInteger(start) && Number.isSafeInteger(start + delta))
    return String(start + delta);
  return BigInt.asIntN(64, BigInt(first) + BigInt(delta)).toString();
}

/** Names come again from record to record, mostly at the same place: the text of the last one is kept. */
const lastNames: { readonly bytes: Buffer; readonly text: string }[] = [];
const NAMES_KEPT = 64;

class Cursor {
  readonly #buffer: Buffer;
  at: number;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.at = at;
  }

  int8(): number {
    const byte = this.#buffer.readInt8(this.at);
    this.at += 1;
    return byte;
  }

  varInt(): number {
    let raw = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.#buffer[this.at] ?? 0;
      this.at += 1;
      raw += (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** A number where 32 bits hold it. */
  varLong(): number | bigint {
    const start = this.at;
    let raw = 0;
    let shift = 0;
    for (;;) {
      const byte = this.#buffer[this.at] ?? 0;
      this.at += 1;
      raw += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      if (byte < 0x80) break;
      if (shift > 42) return this.#wideLong(start);
    }
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  #wideLong(start: number): bigint {
    this.at = start;
    let raw = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (shift > 63n) throw new RangeError('A long of more than ten bytes.');
      const byte = this.#buffer[this.at] ?? 0;
      this.at += 1;
      raw |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    raw = BigInt.asUintN(64, raw);
    return BigInt.asIntN(64, (raw >> 1n) ^ -(raw & 1n));
  }

  bytes(): Buffer | null {
    const length = this.varInt();
    if (length === -1) return null;
    const start = this.at;
    this.at += length;
    return this.#buffer.subarray(start, this.at);
  }

  text(): string | null {
    const length = this.varInt();
    if (length === -1) return null;
    const start = this.at;
    this.at += length;
    return this.#buffer.toString('utf8', start, this.at);
  }

  headerName(index: number): string {
    const length = this.varInt();
    const start = this.at;
    this.at += Math.max(0, length);
    const last = lastNames[index];
    if (last !== undefined && last.bytes.length === length && this.#isAt(start, last.bytes)) return last.text;
    const text = this.#buffer.toString('utf8', start, this.at);
    if (index < NAMES_KEPT) lastNames[index] = { bytes: Buffer.from(this.#buffer.subarray(start, this.at)), text };
    return text;
  }

  #isAt(start: number, bytes: Buffer): boolean {
    for (let i = 0; i < bytes.length; i += 1) if (this.#buffer[start + i] !== bytes[i]) return false;
    return true;
  }
}
