import { FramingError } from './errors.ts';

const headerSize = 5;

/**
 * Puts an Avro body into the Confluent wire format: byte 0, the schema id in four bytes, big-endian, the body.
 * @throws {FramingError} when the id is not an integer from 0 to 2^31 - 1.
 */
export function frame(schemaId: number, body: Uint8Array): Uint8Array {
  if (!Number.isInteger(schemaId) || schemaId < 0 || schemaId > 0x7fff_ffff) {
    throw new FramingError('a schema id must be an integer from 0 to 2147483647');
  }
  const framed = Buffer.allocUnsafe(headerSize + body.length);
  framed.writeUInt8(0, 0);
  framed.writeInt32BE(schemaId, 1);
  framed.set(body, headerSize);
  return framed;
}

/** Takes a record's value apart. The body is a view into it. @throws {FramingError} when it is not in the Confluent wire format. */
export function unframe(value: Uint8Array): { readonly schemaId: number; readonly body: Uint8Array } {
  if (value.length < headerSize) {
    throw new FramingError(`the value has ${value.length} bytes, and a framed one has ${headerSize} at least`);
  }
  if (value[0] !== 0) throw new FramingError('the value does not begin with byte 0, so it is not framed Avro');
  const schemaId = new DataView(value.buffer, value.byteOffset, headerSize).getInt32(1);
  if (schemaId < 0) throw new FramingError('the schema id is negative');
  return { schemaId, body: value.subarray(headerSize) };
}
