import type { InboxStore, ParkedChange } from '@waybill/messaging';
import { holding, withoutWaiting } from '../concurrency.ts';
import type { StoreSuite } from '../store-workbench.ts';
import { behind, entity, me, onlyParked, park, parked } from './arranging.ts';

const MINUTE = 60_000;

export function inboxClaims({ test, expect }: StoreSuite): void {
  const claim = async (store: InboxStore, limit = 10, claimMs = MINUTE): Promise<readonly number[]> =>
    (await store.claimDue(me, { limit, claimMs })).map(({ version }) => version).toSorted((a, b) => a - b);
  const change = async (store: InboxStore, to: ParkedChange): Promise<boolean> => {
    const { id } = await onlyParked(store);
    return store.transaction(async (tx) => tx.updateParked(id, to));
  };

  test('gets what is due, and neither what is not nor what is dead', async (database) => {
    const store = database.inbox();
    await park(
      store,
      parked(1),
      parked(2, { of: entity('b'), dueInMs: MINUTE }),
      behind(3, entity('c')),
      parked(4, { of: entity('d'), reason: 'dead', dueInMs: 0 }),
    );
    await store.transaction(async (tx) => tx.park('shop.mails', [parked(5)]));
    expect(await claim(store)).toEqual([1]);
    await database.pass(MINUTE);
    expect(await claim(store)).toEqual([1, 2]);
  });

  test('takes what is due for the longest first, as many as asked for', async (database) => {
    const store = database.inbox();
    await park(
      store,
      parked(1, { of: entity('a'), dueInMs: 3_000 }),
      parked(2, { of: entity('b'), dueInMs: 1_000 }),
      parked(3, { of: entity('c'), dueInMs: 2_000 }),
    );
    await database.pass(10_000);
    expect(await claim(store, 2)).toEqual([2, 3]);
    expect(await claim(store, 2)).toEqual([1]);
  });

  test('is one process’s until it runs out, and then the next one’s', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    await park(one, parked(1));
    expect(await claim(one)).toEqual([1]);
    expect(await claim(other)).toEqual([]);
    expect(await claim(one)).toEqual([]);
    expect(await change(other, { attempts: 9 })).toBe(false);
    await database.pass(MINUTE + 1_000);
    expect(await claim(other)).toEqual([1]);
    expect(await change(one, { attempts: 9 })).toBe(false);
    expect(await change(other, { attempts: 2 })).toBe(true);
    expect((await onlyParked(one)).attempts).toBe(2);
  });

  test('that ran out lets anybody change the event', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    await park(one, parked(1));
    await claim(one);
    await database.pass(MINUTE + 1_000);
    expect(await change(other, { attempts: 2 })).toBe(true);
  });

  test('is never given to two of many that claim at once', async (database) => {
    const entities = Array.from({ length: 60 }, (_, n) => parked(n + 1, { of: entity(`order-${n}`) }));
    await park(database.inbox(), ...entities);
    const claimed = await Promise.all(Array.from({ length: 6 }, async () => claim(database.inbox(), 25)));
    const all = [...claimed.flat(), ...(await claim(database.inbox(), 100))];
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  });

  test('does not wait for an event that another is changing, and leaves that out', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    await park(one, parked(1), parked(2, { of: entity('b') }));
    const { id } = await onlyParked(one);
    const open = await holding(one, async (tx) => tx.updateParked(id, { attempts: 2 }));
    expect(await withoutWaiting(database, claim(other))).toEqual([2]);
    await open.commit();
    expect(await claim(other)).toEqual([1]);
  });

  test('lasts for as long as its process says, and is given back by it', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    await park(one, parked(1));
    await claim(one);
    expect(await change(one, { claimMs: 5 * MINUTE })).toBe(true);
    await database.pass(2 * MINUTE);
    expect(await claim(other)).toEqual([]);
    expect(await change(one, { claimMs: 0 })).toBe(true);
    expect(await claim(other)).toEqual([1]);
  });

  test('is released by the process that has it and by no other', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    await park(one, parked(1));
    const { id } = await onlyParked(one);
    await claim(one);
    expect(await other.release(id)).toBe(false);
    expect(await claim(other)).toEqual([]);
    expect(await one.release(id)).toBe(true);
    expect(await claim(other)).toEqual([1]);
    expect(await one.release(id)).toBe(false);
  });

  test('is not released when the event is gone, will never be due, or its call is under way', async (database) => {
    const store = database.inbox();
    await park(store, parked(1));
    const { id } = await onlyParked(store);
    await change(store, { call: 'calling' });
    expect(await store.release(id)).toBe(false);
    await change(store, { call: 'none', dueInMs: null });
    expect(await store.release(id)).toBe(false);
    await store.transaction(async (tx) => tx.unpark([id]));
    expect(await store.release(id)).toBe(false);
  });

  test('that ran out while a call was under way leaves that call interrupted', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    await park(one, parked(1, { reason: 'external' }), parked(2, { of: entity('b'), reason: 'external' }));
    await claim(one);
    await change(one, { call: 'calling', claimMs: MINUTE });
    await database.pass(MINUTE + 1_000);
    const claimed = await other.claimDue(me, { limit: 2, claimMs: MINUTE });
    expect(new Map(claimed.map(({ version, call }) => [version, call]))).toEqual(
      new Map([
        [1, 'interrupted'],
        [2, 'none'],
      ]),
    );
    expect((await onlyParked(one)).call).toBe('interrupted');
  });

  test('is worth asking for when the next event is due, or its claim ends', async (database) => {
    const store = database.inbox();
    const dead = { of: entity('d'), reason: 'dead', dueInMs: 10 } as const;
    await park(store, behind(1), parked(2, dead));
    expect(await store.nextDueInMs(me)).toBeUndefined();
    await park(store, parked(3, { of: entity('a'), dueInMs: 20_000 }), parked(4, { of: entity('b'), dueInMs: 0 }));
    expect(await store.nextDueInMs(me)).toBeLessThanOrEqual(0);
    await claim(store, 1, 5_000);
    expectAbout(await store.nextDueInMs(me), 5_000);
    await claim(store, 1, MINUTE);
    await database.pass(10_000);
    await claim(store, 1, MINUTE);
    expectAbout(await store.nextDueInMs(me), 10_000);
  });

  function expectAbout(found: number | undefined, ms: number): void {
    expect(found).toBeGreaterThan(ms - 3_000);
    expect(found).toBeLessThanOrEqual(ms);
  }
}
