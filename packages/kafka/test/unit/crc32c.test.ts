import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../src/kafkajs/crc32c.ts';

/** A bit at a time, straight from the polynomial. */
function byDefinition(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe('the checksum of a batch', () => {
  it.each([
    ['123456789', 0xe3069283],
    ['', 0],
  ])('of %o is the published value', (text, checksum) => {
    expect(crc32c(Buffer.from(text))).toBe(checksum);
  });

  it('is the same wherever the bytes lie in memory, however many they are', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat({ max: 40 }),
        fc.nat({ max: 40 }),
        (bytes, before, after) => {
          const memory = new Uint8Array(before + bytes.length + after);
          memory.set(bytes, before);
          expect(crc32c(memory, before, before + bytes.length)).toBe(byDefinition(bytes));
        },
      ),
    );
  });
});
