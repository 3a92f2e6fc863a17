import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Contract } from '@waybill/contracts';
import {
  consumer,
  followTo,
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
  test('never reads beyond where its consumer is, as long as the log has that place', () => {
    const held = fc.tuple(offset, offset, offset).map((three) => three.toSorted((a, b) => Number(a - b)));
    fc.assert(
      fc.property(held, ([low = 0n, living = 0n, high = 0n]) => {
        expect(followTo({ living, low, high })).toEqual({ to: living, leader: 'consumer' });
      }),
    );
  });

  test('reads to the end of the log where its consumer has no place in it', () => {
    expect(followTo({ living: undefined, low: 3n, high: 9n })).toEqual({ to: 9n, leader: 'log' });
    expect(followTo({ living: 2n, low: 3n, high: 9n })).toEqual({ to: 9n, leader: 'log' });
    expect(followTo({ living: 10n, low: 3n, high: 9n })).toEqual({ to: 9n, leader: 'log' });
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
