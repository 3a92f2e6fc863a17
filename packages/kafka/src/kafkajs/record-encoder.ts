import { installedVersion, internal, replaceInternal, replacedVersion } from './internals.ts';

const recordModule = 'protocol/recordBatch/record/v0/index.js';
const recordReaders = ['protocol/requests/produce/v3/request.js'];

type Bytes = Buffer | string | null | undefined;

export interface RecordToEncode {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key?: Bytes;
  readonly value?: Bytes;
  readonly headers?: Readonly<Record<string, Bytes | readonly Bytes[]>>;
}

/** What kafkajs expects of an encoder: `buf` to know it by, `buffer` to write. */
interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

let isReplaced = false;

/**
 * Replaces kafkajs's encoder of a record, which makes an encoder of 512 bytes and several small buffers for each
 * header, by one that computes the size first and fills one buffer.
 */
export function replaceRecordEncoder(): void {
  if (isReplaced || installedVersion() !== replacedVersion) return;
  isReplaced = true;
  internal(recordModule);
  replaceInternal(recordModule, encodeRecord, recordReaders);
}

/** A record of format 2 (Kafka's protocol guide, "Record Batch"), its own length in front. */
export function encodeRecord({
  offsetDelta = 0,
  timestampDelta = 0,
  key,
  value,
  headers = {},
}: RecordToEncode): Encoded {
  const pairs = headerPairs(headers);
  let bodyBytes =
    1 +
    sizeOfVarLong(timestampDelta) +
    sizeOfVarInt(offsetDelta) +
    sizeOfBytes(key) +
    sizeOfBytes(value) +
    sizeOfVarInt(pairs.length);
  for (const [name, content] of pairs) bodyBytes += sizeOfBytes(name) + sizeOfBytes(content);

  const buffer = Buffer.allocUnsafe(sizeOfVarInt(bodyBytes) + bodyBytes);
  let at = writeVarInt(buffer, 0, bodyBytes);
  at = buffer.writeUInt8(0, at);
  at = writeVarLong(buffer, at, timestampDelta);
  at = writeVarInt(buffer, at, offsetDelta);
  at = writeBytes(buffer, at, key);
  at = writeBytes(buffer, at, value);
  at = writeVarInt(buffer, at, pairs.length);
  for (const [name, content] of pairs) at = writeBytes(buffer, writeBytes(buffer, at, name), content);
  return { buf: buffer, buffer };
}

function headerPairs(headers: Readonly<Record<string, Bytes | readonly Bytes[]>>): (readonly [string, Bytes])[] {
  const pairs: (readonly [string, Bytes])[] = [];
  for (const name of Object.keys(headers)) {
    const content = headers[name];
    if (isMany(content)) for (const each of content) pairs.push([name, each]);
    else pairs.push([name, content]);
  }
  return pairs;
}

function isMany(content: Bytes | readonly Bytes[]): content is readonly Bytes[] {
  return Array.isArray(content);
}

function sizeOfBytes(bytes: Bytes): number {
  if (bytes === null || bytes === undefined) return 1;
  const length = Buffer.byteLength(bytes);
  return sizeOfVarInt(length) + length;
}

function writeBytes(buffer: Buffer, at: number, bytes: Bytes): number {
  if (bytes === null || bytes === undefined) return writeVarInt(buffer, at, -1);
  if (typeof bytes !== 'string') {
    const start = writeVarInt(buffer, at, bytes.length);
    return start + bytes.copy(buffer, start);
  }
  const start = writeVarInt(buffer, at, Buffer.byteLength(bytes));
  return start + buffer.write(bytes, start, 'utf8');
}

function zigZag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

function sizeOfVarInt(value: number): number {
  return Math.max(1, Math.ceil((32 - Math.clz32(zigZag(value))) / 7));
}

function writeVarInt(buffer: Buffer, at: number, value: number): number {
  let rest = zigZag(value);
  let next = at;
  while (rest > 0x7f) {
    buffer[next] = (rest & 0x7f) | 0x80;
    next += 1;
    rest >>>= 7;
  }
  buffer[next] = rest;
  return next + 1;
}

/** 32 bits hold 24 days of milliseconds; the rest takes the slow way. */
function isShort(value: number): boolean {
  return value === (value | 0);
}

function longZigZag(value: number): bigint {
  const long = BigInt(value);
  return BigInt.asUintN(64, (long << 1n) ^ (long >> 63n));
}

function sizeOfVarLong(value: number): number {
  if (isShort(value)) return sizeOfVarInt(value);
  return Math.ceil(longZigZag(value).toString(2).length / 7);
}

function writeVarLong(buffer: Buffer, at: number, value: number): number {
  if (isShort(value)) return writeVarInt(buffer, at, value);
  let rest = longZigZag(value);
  let next = at;
  while (rest > 0x7fn) {
    buffer[next] = Number(rest & 0x7fn) | 0x80;
    next += 1;
    rest >>= 7n;
  }
  buffer[next] = Number(rest);
  return next + 1;
}
