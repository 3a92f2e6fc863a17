import type { OffsetRange, ShownBody, TopicRangeReader } from '@waybill/service';
import { describe, expect, it } from 'vitest';
import { eventBodies, heldAt } from '../../src/application/event-bodies.ts';

const place = { topic: 'orders.order', partition: 1, offset: 42n };
const id = '0199c1a4-1c2d-7abc-8def-0123456789ab';

function range(from: bigint, to: bigint, partition = 1): OffsetRange {
  return { partition, from, to };
}

describe('the place of an event', () => {
  it('is there while its topic holds it', () => {
    expect(heldAt([range(0n, 43n)], place)).toBe('there');
    expect(heldAt([range(42n, 43n)], place)).toBe('there');
  });

  it('was dropped when the topic begins behind it', () => {
    expect(heldAt([range(43n, 90n)], place)).toBe('dropped');
    // A topic that is empty by now has kept its offsets.
    expect(heldAt([range(50n, 50n)], place)).toBe('dropped');
  });

  it('belongs to another topic of the same name when it ends before', () => {
    expect(heldAt([range(0n, 42n)], place)).toBe('replaced');
    expect(heldAt([range(0n, 99n, 0)], place)).toBe('replaced');
  });
});

describe('bodies', () => {
  const record = (value: Uint8Array | null, eventId = id) => ({
    ...{ ...place, timestamp: 0, key: 'k', value },
    headers: { ce_id: eventId, ce_type: 'orders.v2.OrderPlaced' },
  });
  const topicsWith = (read: TopicRangeReader['read']): TopicRangeReader => ({
    rangesOf: async () => [range(0n, 90n)],
    read,
  });
  const shown: ShownBody = { kind: 'readable', data: { orderId: 'order-1' }, schema: '{}', masked: ['email'] };
  const bodiesFrom = (topics: TopicRangeReader, withinMs = 1_000) => {
    const failures: unknown[] = [];
    const bodies = { show: async () => shown };
    const bodyOf = eventBodies({
      ...{ placeOf: async (asked) => (asked === id ? place : undefined), topics, bodies, withinMs },
      failed: (error) => failures.push(error),
    });
    return { bodyOf, failures };
  };

  it('are read from one place, and shown masked', async () => {
    const asked: unknown[] = [];
    const { bodyOf } = bodiesFrom(
      topicsWith(async function* (topic, ranges) {
        asked.push([topic, ranges]);
        yield record(Buffer.from('x'));
      }),
    );
    expect(await bodyOf(id)).toEqual({ found: 'yes', place, type: 'orders.v2.OrderPlaced', body: shown });
    expect(asked).toEqual([['orders.order', [{ partition: 1, from: 42n, to: 43n }]]]);
    expect(await bodyOf('0199c1a4-1c2d-7abc-8def-000000000000')).toEqual({ found: 'unknown' });
  });

  it('of another event, too large ones, and missing ones are not shown', async () => {
    const one = (value: Uint8Array | null, eventId?: string) =>
      bodiesFrom(
        topicsWith(async function* () {
          yield record(value, eventId);
        }),
      ).bodyOf(id);
    expect(await one(Buffer.from('x'), '0199c1a4-0000-7abc-8def-0123456789ab')).toEqual({ found: 'replaced', place });
    expect(await one(Buffer.alloc(1024 * 1024 + 1))).toEqual({ found: 'too-large', place });
    // A topic drops records in its middle as well.
    expect(await bodiesFrom(topicsWith(async function* () {})).bodyOf(id)).toEqual({ found: 'dropped', place });
  });

  it('are fetched a few at a time, and one that hangs counts until it ends', async () => {
    const hanging = Promise.withResolvers<undefined>();
    const { bodyOf } = bodiesFrom(
      topicsWith(async function* () {
        await hanging.promise;
        yield record(null);
      }),
      20,
    );
    const first = await Promise.all(Array.from({ length: 5 }, () => bodyOf(id)));
    expect(first.map(({ found }) => found).toSorted()).toEqual(['busy', 'late', 'late', 'late', 'late']);
    expect((await bodyOf(id)).found).toBe('busy');
    hanging.resolve(undefined);
    await hanging.promise;
    await expect.poll(async () => (await bodyOf(id)).found).toBe('yes');
  });

  it('say that the broker cannot be asked, and tell why aside', async () => {
    const { bodyOf, failures } = bodiesFrom({
      rangesOf: async () => Promise.reject(new Error('no broker')),
      read: async function* () {},
    });
    expect(await bodyOf(id)).toEqual({ found: 'unreachable', place });
    expect(failures).toEqual([new Error('no broker')]);
  });
});
