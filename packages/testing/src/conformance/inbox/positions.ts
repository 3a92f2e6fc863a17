import { holding, untilWaiting } from '../concurrency.ts';
import type { StoreSuite } from '../store-workbench.ts';
import { claimPartition, me, partition, rolledBack } from './arranging.ts';

export function inboxPositions({ test, expect }: StoreSuite): void {
  test('is unknown until the partition is started, and is then where it was', async (database) => {
    const store = database.inbox();
    const claim = await claimPartition(store);
    expect(claim.nextOffset).toBeUndefined();
    await store.startPartition(claim, 10n);
    expect((await claimPartition(store)).nextOffset).toBe(10n);
  });

  test('is answered for each partition that is claimed', async (database) => {
    const store = database.inbox();
    const partitions = [2, 0, 1].map((number) => ({ topic: 'shop.order', partition: number }));
    const claims = await store.claimPartitions(me, partitions);
    for (const claim of claims) await store.startPartition(claim, BigInt(claim.partition * 100));
    const again = await store.claimPartitions(me, [...partitions, { topic: 'shop.invoice', partition: 0 }]);
    expect(
      again.map(({ topic, partition: number, nextOffset }) => `${topic}/${number} ${nextOffset}`).toSorted(),
    ).toEqual(['shop.invoice/0 undefined', 'shop.order/0 0', 'shop.order/1 100', 'shop.order/2 200']);
    expect(await store.claimPartitions(me, [])).toEqual([]);
  });

  test('belongs to the process that claimed it last; the one before commits nothing more', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    const mine = await claimPartition(one);
    const theirs = await claimPartition(other);
    expect(theirs.epoch).toBeGreaterThan(mine.epoch);
    expect(await one.transaction(async (tx) => tx.advance(mine, 7n, 7))).toBe(false);
    expect(await other.transaction(async (tx) => tx.advance(theirs, 5n, 5))).toBe(true);
    expect(await one.startPartition(mine, 9n)).toBe(false);
    expect((await claimPartition(one)).nextOffset).toBe(5n);
  });

  test('is claimed after the transaction that is moving it, and with what that committed', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    const mine = await claimPartition(one);
    const open = await holding(one, async (tx) => tx.advance(mine, 7n, 7));
    const claiming = claimPartition(other);
    await untilWaiting(database);
    await open.commit();
    expect((await claiming).nextOffset).toBe(7n);
  });

  test('moves with its transaction', async (database) => {
    const store = database.inbox();
    const claim = await claimPartition(store);
    await store.transaction(async (tx) => tx.advance(claim, 3n, 3));
    await rolledBack(store, async (tx) => tx.advance(claim, 8n, 5));
    expect((await claimPartition(store)).nextOffset).toBe(3n);
  });

  test('never goes back', async (database) => {
    const store = database.inbox();
    const claim = await claimPartition(store);
    await store.startPartition(claim, 10n);
    await store.transaction(async (tx) => tx.advance(claim, 20n, 10));
    expect(await store.transaction(async (tx) => tx.advance(claim, 15n, 1))).toBe(true);
    expect((await claimPartition(store)).nextOffset).toBe(20n);
  });

  test('holds offsets beyond what a double can', async (database) => {
    const store = database.inbox();
    await store.startPartition(await claimPartition(store), 9_007_199_254_740_993n);
    expect((await claimPartition(store)).nextOffset).toBe(9_007_199_254_740_993n);
  });

  test('of one consumer is not another’s', async (database) => {
    const store = database.inbox();
    const claim = await claimPartition(store);
    await store.startPartition(claim, 10n);
    const [theirs] = await store.claimPartitions('shop.mails', [partition]);
    expect(theirs?.nextOffset).toBeUndefined();
    expect(await store.transaction(async (tx) => tx.advance(claim, 11n, 1))).toBe(true);
  });

  test('knows from when on events are read once the snapshots were, and says so only once', async (database) => {
    const store = database.inbox();
    expect(await store.bootstrapped(me)).toBeUndefined();
    await store.markBootstrapped(me, 1_750_000_000_123);
    expect(await store.bootstrapped(me)).toEqual({ eventsFrom: 1_750_000_000_123 });
    expect(await store.bootstrapped('shop.mails')).toBeUndefined();
    await expect(store.markBootstrapped(me, 1)).rejects.toThrow(Error);
  });

  test('is prepared by one process of a consumer at a time', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    const begun = Promise.withResolvers<void>();
    const ending = Promise.withResolvers<void>();
    const order: string[] = [];
    const first = one.exclusively(me, async () => {
      begun.resolve();
      await ending.promise;
      order.push('first');
      return 1;
    });
    await begun.promise;
    const second = other.exclusively(me, async () => {
      order.push('second');
      return 2;
    });
    await untilWaiting(database);
    expect(await other.exclusively('shop.mails', async () => 3)).toBe(3);
    ending.resolve();
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(order).toEqual(['first', 'second']);
  });

  test('can be prepared by the next process when the work of one has failed', async (database) => {
    const store = database.inbox();
    const failing = store.exclusively(me, async () => Promise.reject(new Error('no snapshots')));
    await expect(failing).rejects.toThrow('no snapshots');
    expect(await store.exclusively(me, async () => 'done')).toBe('done');
  });
}
