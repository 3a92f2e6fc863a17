import { HEADERS, type HeaderName } from './record-headers.ts';

/**
 * The headers of a record as a log of Kafka's has them (Kafka's protocol guide, "Record Header"): their number, then
 * each name and value in UTF-8, all lengths as zigzag varints. Whoever reads rows as bytes can make these without
 * making texts of them.
 */
export type HeaderBytes = Uint8Array;

/** Bytes that a header takes beside its name and value, at most. */
const AROUND_VALUE = 5;

/** A header's name with its length in front, as it stands before its value. */
export const ENCODED_NAMES: readonly { readonly name: HeaderName; readonly bytes: Uint8Array }[] = HEADERS.map(
  ({ name }) => ({ name, bytes: Uint8Array.from([name.length << 1, ...new TextEncoder().encode(name)]) }),
);

/** Bytes beyond those of their values that all headers of a row take together, at most. */
export const BYTES_AROUND_VALUES = ENCODED_NAMES.reduce((sum, { bytes }) => sum + bytes.length + AROUND_VALUE, 1);

/** Writes a length at `at`; answers where it ends. @param length 0 to 2^30. */
export function putLength(into: Uint8Array, at: number, length: number): number {
  let rest = length << 1;
  let next = at;
  while (rest > 0x7f) {
    into[next] = (rest & 0x7f) | 0x80;
    next += 1;
    rest >>>= 7;
  }
  into[next] = rest;
  return next + 1;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The headers that the bytes say. */
export function headersFrom(bytes: HeaderBytes): Record<string, string> {
  const headers: Record<string, string> = {};
  let at = 0;
  const length = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 1;
    }
  };
  const text = (): string => {
    const size = length();
    at += size;
    return utf8.decode(bytes.subarray(at - size, at));
  };
  for (let left = length(); left > 0; left -= 1) {
    const name = text();
    headers[name] = text();
  }
  return headers;
}
