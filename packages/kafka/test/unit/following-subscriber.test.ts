import type { LogRecord, RecordBatch, SubscriptionHandler } from '@waybill/messaging';
import { eventually } from '@waybill/testing';
import { describe, expect, test } from 'vitest';
import { type FollowingOptions, followingSubscriber } from '../../src/index.ts';

/** A topic of one partition of which every third offset holds no record, somebody who leads, and who follows. */
function world() {
  const state = {
    high: 100n,
    lead: 0n,
    position: 0n,
    delivered: [] as bigint[],
    reached: 0n,
    problem: undefined as Error | undefined,
  };
  const ranges: FollowingOptions['ranges'] = {
    rangesOf: async () => [{ partition: 0, from: 0n, to: state.high }],
    async *read(topic, wanted) {
      for (const { partition, from, to } of wanted) {
        for (let offset = from; offset < to; offset += 1n) {
          if (offset % 3n !== 0n) yield record(topic, partition, offset);
        }
      }
    },
  };
  const handler: SubscriptionHandler = {
    assigned: async () => [{ topic: 't', partition: 0, start: state.position }],
    async deliver({ records, nextOffset }: RecordBatch) {
      if (state.problem !== undefined) throw state.problem;
      state.delivered.push(...records.map(({ offset }) => offset));
      state.reached = nextOffset;
    },
    health: () => undefined,
  };
  const subscriber = followingSubscriber({
    ranges,
    leads: async () => new Map([['t/0', state.lead]]),
    pace: async () => undefined,
  });
  return { state, subscriber, subscribe: async () => subscriber.subscribe({ group: 'g', topics: ['t'] }, handler) };
}

function record(topic: string, partition: number, offset: bigint): LogRecord {
  return { topic, partition, offset, timestamp: 0, key: null, value: null, headers: {} };
}

function offsets(from: number, to: number): readonly bigint[] {
  return Array.from({ length: to - from }, (_, index) => BigInt(from + index)).filter((offset) => offset % 3n !== 0n);
}

describe('a subscription that follows', () => {
  test('reads up to whom it follows and no further, passes offsets without records, and goes on when that moves', async () => {
    const { state, subscriber, subscribe } = world();
    state.lead = 10n;
    await subscribe();
    await eventually(() => state.reached === 10n, { what: 'ten offsets are read' });
    expect(state.delivered).toEqual(offsets(0, 10));
    state.lead = 25n;
    await eventually(() => state.reached === 25n, { what: 'it has followed' });
    expect(state.delivered).toEqual(offsets(0, 25));
    await subscriber.close();
  });

  test('begins where it was, and delivers nothing while it is ahead', async () => {
    const { state, subscriber, subscribe } = world();
    Object.assign(state, { position: 20n, lead: 10n });
    await subscribe();
    state.lead = 22n;
    await eventually(() => state.reached === 22n, { what: 'it has followed' });
    expect(state.delivered).toEqual(offsets(20, 22));
    await subscriber.close();
  });

  test('delivers again what failed, in its place', async () => {
    const { state, subscriber, subscribe } = world();
    Object.assign(state, { lead: 10n, problem: new Error('the database is away') });
    await subscribe();
    setTimeout(() => (state.problem = undefined), 50);
    await eventually(() => state.reached === 10n, { what: 'it is delivered' });
    expect(state.delivered).toEqual(offsets(0, 10));
    await subscriber.close();
  });

  test('is over when another has taken its partition', async () => {
    const { state, subscribe } = world();
    const lost = Object.assign(new Error('another holds it'), { code: 'consumer.partition-lost' });
    Object.assign(state, { lead: 10n, problem: lost });
    const { ended } = await subscribe();
    await expect(ended).rejects.toBe(lost);
  });

  test('stands still while it is paused', async () => {
    const { state, subscriber, subscribe } = world();
    const subscription = await subscribe();
    subscription.pause();
    state.lead = 10n;
    const before = state.delivered.length;
    subscription.resume();
    await eventually(() => state.reached === 10n, { what: 'it goes on' });
    expect(before).toBe(0);
    await subscriber.close();
  });
});
