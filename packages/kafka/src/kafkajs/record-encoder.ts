import { type Bytes, ByteWriter } from './byte-writer.ts';

export interface RecordToEncode {
  readonly key?: Bytes;
  readonly value?: Bytes;
  readonly headers?: RecordHeaders | undefined;
  /** The headers as they stand in a record, from their number on; they say what `headers` says. */
  readonly headerBytes?: Uint8Array | undefined;
}

type RecordHeaders = Readonly<Record<string, Bytes | readonly Bytes[]>>;

/** Header names are few and come again with every record: their length and text, as bytes. */
const names = new Map<string, Uint8Array>();
/** Names that come from data would fill memory. */
const MOST_NAMES = 256;

/** Writes a record of format 2 (Kafka's protocol guide, "Record Batch"), its own length in front. */
export function writeRecord(writer: ByteWriter, offsetDelta: number, record: RecordToEncode): void {
  const { key, value, headerBytes } = record;
  const start = writer.beginSized();
  writer.byte(0);
  // All records of a batch have its timestamp.
  writer.varInt(0);
  writer.varInt(offsetDelta);
  writer.sizedBytes(key);
  writer.sizedBytes(value);
  if (headerBytes) writer.raw(headerBytes);
  else writeHeaders(writer, record.headers);
  writer.endSized(start);
}

function writeHeaders(writer: ByteWriter, headers: RecordHeaders = {}): void {
  const keys = Object.keys(headers);
  let count = keys.length;
  for (const name of keys) {
    const content = headers[name];
    if (isMany(content)) count += content.length - 1;
  }
  writer.varInt(count);
  for (const name of keys) {
    const content = headers[name];
    const encodedName = encodedNameOf(name);
    for (const each of isMany(content) ? content : [content]) {
      writer.raw(encodedName);
      writer.sizedBytes(each);
    }
  }
}

function encodedNameOf(name: string): Uint8Array {
  const known = names.get(name);
  if (known) return known;
  const writer = new ByteWriter(name.length * 3 + 8);
  writer.sizedBytes(name);
  const encoded = writer.bytes;
  if (names.size < MOST_NAMES) names.set(name, encoded);
  return encoded;
}

function isMany(content: Bytes | readonly Bytes[]): content is readonly Bytes[] {
  return Array.isArray(content);
}
