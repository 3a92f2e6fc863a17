import { javaMurmur2 } from '@waybill/testing';
import * as fc from 'fast-check';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { murmur2 } from '../../src/index.ts';

describe('murmur2', () => {
  it.each(javaMurmur2)('hashes %j as Java does', (key, hash) => {
    expect(murmur2(key)).toBe(hash);
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  it('chooses the partition that kafkajs chooses for a key', () => {
    const choose = kafkajs.Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 97 }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 1,
      replicas: [1],
      isr: [1],
    }));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (key) => {
        const chosen = choose({ topic: 't', partitionMetadata, message: { key: Buffer.from(key), value: null } });
        expect(murmur2(key) % 97).toBe(chosen);
      }),
    );
  });
});
