import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { keyOf, murmur2, shardOf, SHARDS, slotOf, SLOTS } from '../../../src/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('murmur2', () => {
  // From org.apache.kafka.common.utils.UtilsTest.testMurmur2.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('gives for %s what Java gives', (text, expected) => {
    expect(murmur2(bytes(text))).toBe(expected);
  });
});

describe('slotOf', () => {
  it('lies in a slot, and its shard in a range, for every key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        const slot = slotOf(key);
        expect(slot).toBeGreaterThanOrEqual(0);
        expect(slot).toBeLessThan(SLOTS);
        expect(shardOf(slot)).toBe(Math.floor(slot / 64));
        expect(shardOf(slot)).toBeLessThan(SHARDS);
      }),
    );
  });

  it('puts a tenant before the id in the key, and nothing where there is none', () => {
    expect(keyOf({ tenant: '', aggregateId: 'o-1' })).toBe('o-1');
    expect(keyOf({ tenant: 'acme', aggregateId: 'o-1' })).toBe('acme/o-1');
  });
});
