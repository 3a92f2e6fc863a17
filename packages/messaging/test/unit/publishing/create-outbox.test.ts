import { type Context, context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import type { AnyContract } from '@waybill/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createOutbox,
  fact,
  headersOf,
  type OutboxEntry,
  OutboxLimitError,
  PublishContractError,
  rendition,
  slotOf,
} from '../../../src/index.ts';

function contract(name: string, major: number, overrides: Partial<AnyContract> = {}): AnyContract {
  return {
    name: `orders.v${major}.${name}`,
    event: `orders.${name}`,
    major,
    kind: 'event',
    aggregateType: 'orders.order',
    topic: 'orders.order',
    schema: '{}',
    fingerprint: 'f'.repeat(64),
    personal: [],
    codec: { encode: (data: unknown) => new TextEncoder().encode(JSON.stringify(data)), decode: () => undefined },
    ...overrides,
  };
}

function recorded(options: { maxEventBytes?: number } = {}) {
  const entries: OutboxEntry[] = [];
  const outbox = createOutbox({
    store: {
      append: async (_, given) => {
        entries.push(...given);
        return given.map(({ fact: number }) => ({ version: number + 1 }));
      },
    },
    schemaIds: { idOf: ({ major }) => major },
    source: '/waybill/orders',
    wake: () => undefined,
    now: () => new Date('2026-01-02T03:04:05.006Z'),
    ...options,
  });
  return { outbox, entries, tx: { query: async () => ({ rows: [] }) } };
}

describe('publish', () => {
  it('frames the body with the schema id and fills every column', async () => {
    const { outbox, entries, tx } = recorded();
    const published = await outbox.publish(tx, contract('OrderPlaced', 2), {
      aggregateId: 'o-1',
      tenant: 'acme',
      data: { a: 1 },
    });
    expect(published.version).toBe(1);
    expect(entries[0]).toMatchObject({
      id: published.id,
      correlationId: published.id,
      slot: slotOf('acme/o-1'),
      type: 'orders.v2.OrderPlaced',
      time: '2026-01-02T03:04:05.006Z',
      source: '/waybill/orders',
      dataSchema: `urn:waybill:schema:orders.v2.OrderPlaced:${'f'.repeat(64)}`,
      version: { take: 'next', expected: undefined },
    });
    expect(Array.from(entries[0]?.payload.slice(0, 5) ?? [])).toEqual([0, 0, 0, 0, 2]);
  });

  it('gives renditions the id, the time and the fact of the event', async () => {
    const { outbox, entries, tx } = recorded();
    await outbox.publish(tx, contract('OrderPlaced', 2), {
      aggregateId: 'o-1',
      data: {},
      renditions: [rendition(contract('OrderPlaced', 1), {})],
    });
    expect(entries.map(({ major }) => major)).toEqual([2, 1]);
    expect(new Set(entries.map(({ id, time, fact: number }) => `${id} ${time} ${number}`)).size).toBe(1);
  });

  it.each([
    ['an empty id', { aggregateId: '' }],
    ['an id of 256 characters', { aggregateId: 'x'.repeat(256) }],
    ['an id with a line break', { aggregateId: 'a\nb' }],
    ['a tenant with a slash', { aggregateId: 'a', tenant: 'a/b' }],
  ])('refuses %s', async (_, event) => {
    const { outbox, tx } = recorded();
    await expect(outbox.publish(tx, contract('OrderPlaced', 1), { ...event, data: {} })).rejects.toThrow(
      OutboxLimitError,
    );
  });

  it('refuses a body that is too large, before anything is written', async () => {
    const { outbox, entries, tx } = recorded({ maxEventBytes: 100 });
    const event = { aggregateId: 'a', data: { text: 'x'.repeat(100) } };
    await expect(outbox.publish(tx, contract('OrderPlaced', 1), event)).rejects.toThrow(
      /bytes, more than the 100 allowed/,
    );
    expect(entries).toEqual([]);
  });

  it('refuses a snapshot contract, and a rendition of another event', async () => {
    const { outbox, tx } = recorded();
    const snapshot = contract('Order', 1, { kind: 'snapshot' });
    await expect(outbox.publish(tx, snapshot, { aggregateId: 'a', data: {} })).rejects.toThrow(PublishContractError);
    const wrong = fact(contract('OrderPlaced', 2), {
      aggregateId: 'a',
      data: {},
      renditions: [rendition(contract('OrderGone', 1), {})],
    });
    await expect(outbox.publishAll(tx, [wrong])).rejects.toThrow(/no rendition/);
  });
});

describe('the correlation id', () => {
  let active: Context = ROOT_CONTEXT;
  const inBaggage = (value: string): Context =>
    propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ 'correlation.id': { value } }));

  beforeAll(() => {
    context.setGlobalContextManager({
      active: () => active,
      with: (_, fn, thisArg, ...args) => fn.call(thisArg as ThisParameterType<typeof fn>, ...args),
      bind: (_, target) => target,
      enable() {
        return this;
      },
      disable() {
        return this;
      },
    });
  });
  afterAll(() => context.disable());

  it('comes from the active context', async () => {
    const { outbox, entries, tx } = recorded();
    active = inBaggage('c-1');
    await outbox.publish(tx, contract('OrderPlaced', 1), { aggregateId: 'a', data: {} });
    expect(entries[0]?.correlationId).toBe('c-1');
  });

  it('is the own id of the event when the baggage has one that could not be a header', async () => {
    const { outbox, entries, tx } = recorded();
    active = inBaggage('not a header');
    await outbox.publish(tx, contract('OrderPlaced', 1), { aggregateId: 'a', data: {} });
    expect(entries[0]?.correlationId).toBe(entries[0]?.id);
  });
});

describe('headersOf', () => {
  it('leaves out what there is none of', () => {
    const headers = headersOf({
      position: 1,
      slot: 1,
      kind: 'event',
      id: 'i',
      tenant: '',
      aggregateType: 't',
      aggregateId: 'a',
      aggregateVersion: 3,
      type: 'ty',
      topic: 'to',
      payload: new Uint8Array(),
      specVersion: '1.0',
      source: 's',
      time: 'now',
      dataSchema: 'd',
      contentType: 'c',
      correlationId: 'co',
      causationId: null,
      renditions: null,
      traceparent: null,
      tracestate: null,
      baggage: null,
    });
    expect(Object.keys(headers).toSorted()).toEqual([
      'ce_aggregatetype',
      'ce_aggregateversion',
      'ce_correlationid',
      'ce_dataschema',
      'ce_id',
      'ce_partitionkey',
      'ce_source',
      'ce_specversion',
      'ce_subject',
      'ce_time',
      'ce_type',
      'content-type',
    ]);
  });
});
