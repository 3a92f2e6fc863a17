import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Contract } from '@waybill/contracts';
import {
  consumer,
  followAll,
  generationName,
  generationOf,
  InvalidConsumerError,
  on,
  onExternal,
  whyNotRebuilt,
} from '../../../src/index.ts';

const refuse = () => {
  throw new Error('a definition neither encodes nor decodes');
};
const contract: Contract<object> = {
  ...{ name: 'shop.v1.OrderPlaced', event: 'shop.OrderPlaced', major: 1, kind: 'event', aggregateType: 'shop.order' },
  ...{ topic: 'shop.order', schema: '{}', fingerprint: '', personal: [], codec: { encode: refuse, decode: refuse } },
};
const placed = on(contract, () => undefined);

const offset = fc.bigInt({ min: 0n, max: 50n });

describe('a generation', () => {
  const held = fc.tuple(offset, offset, offset).map((three) => three.toSorted((a, b) => Number(a - b)));
  const partition = fc.tuple(held, fc.nat(3)).map(([[low = 0n, living = 0n, high = 0n], number]) => ({
    ...{ topic: 'shop.order', partition: number, low, living, high },
  }));

  test('never reads beyond where its consumer is, as long as the log has all of its places', () => {
    fc.assert(
      fc.property(fc.array(partition), (partitions) => {
        const { leader, leads } = followAll(partitions);
        expect(leader).toBe('consumer');
        expect(leads.map(({ to }) => to)).toEqual(partitions.map(({ living }) => living));
      }),
    );
  });

  test.each([
    ['is gone', undefined],
    ['is before what the log has', 2n],
    ['is behind its end', 10n],
  ])('reads all to their ends where one place of its consumer %s', (_, living) => {
    const [topic, low, high] = ['shop.order', 3n, 9n];
    const fine = { topic, partition: 0, low, high, living: 5n };
    const { leader, leads } = followAll([fine, { topic, partition: 1, low, high, living }]);
    expect(leader).toBe('log');
    expect(leads).toEqual([
      { topic, partition: 0, to: 9n },
      { topic, partition: 1, to: 9n },
    ]);
  });

  test('is stored under a name that no consumer can have', () => {
    expect(generationName('notifications.contacts', 2)).toBe('notifications.contacts@2');
    expect(() =>
      consumer({ name: generationName('notifications.contacts', 2), kind: 'projection', handlers: [placed] }),
    ).toThrow(InvalidConsumerError);
  });

  test('is its projection under another name, and in nobody’s trace', () => {
    const living = consumer({ name: 'shop.view', kind: 'projection', handlers: [placed], tables: ['view'] });
    expect(generationOf(living, 'shop.view@2')).toEqual({ ...living, name: 'shop.view@2', tracing: 'none' });
  });
});

describe('what can be rebuilt', () => {
  test('is a projection that declares its tables', () => {
    const declared = consumer({ name: 'shop.view', kind: 'projection', handlers: [placed], tables: ['view'] });
    expect(whyNotRebuilt(declared)).toBeUndefined();
    expect(whyNotRebuilt({ ...declared, tables: [] })).toContain('"tables"');
  });

  test('is no reaction, and nothing that calls the outside', () => {
    const reaction = consumer({ name: 'shop.mail', kind: 'reaction', from: 'now', handlers: [placed] });
    expect(whyNotRebuilt(reaction)).toContain('reaction');
    const external = { idempotent: true, call: async () => undefined };
    const calling = onExternal(contract, { external, handle: () => undefined });
    const projection = consumer({ name: 'shop.view', kind: 'projection', handlers: [calling], tables: ['view'] });
    expect(whyNotRebuilt(projection)).toContain('shop.v1.OrderPlaced');
  });

  test.each([
    ['a reaction’s', { kind: 'reaction' as const, from: 'now' as const, tables: ['view'] }],
    ['one with a schema', { kind: 'projection' as const, tables: ['public.view'] }],
    ['one twice', { kind: 'projection' as const, tables: ['view', { name: 'view' }] }],
    ['none of its own', { kind: 'projection' as const, tables: [{ name: 'ledger', kept: 'apart' as const }] }],
  ])('has no tables that are %s', (_, options) => {
    expect(() => consumer({ name: 'shop.view', handlers: [placed], ...options })).toThrow(/"shop.view": tables/);
  });
});
