import type { StoreDatabase, StoreSuite } from '../store-workbench.ts';
import { behind, entity, key, me, park, parked, queueOf } from './arranging.ts';

export function inboxQueues({ test, expect }: StoreSuite): void {
  const dueOf = async (database: StoreDatabase, of = key): Promise<unknown[]> =>
    (await queueOf(database.inbox(), of)).map(({ version, due }) => [version, due]);
  const keepHeadDue = async (database: StoreDatabase): Promise<void> =>
    database.inbox().transaction(async (tx) => tx.keepHeadDue(me, key));
  const hasten = async (database: StoreDatabase, ...keys: (typeof key)[]): Promise<void> =>
    database.inbox().transaction(async (tx) => tx.hasten(me, keys));

  test('begins with the lowest version asked for, ends at the limit, and has only what holds the entity', async (database) => {
    const store = database.inbox();
    const apart = parked(1, { reason: 'dead', dueInMs: undefined, holdsEntity: false });
    await park(store, behind(12), apart, behind(4), behind(9), parked(2, { of: entity('order-2') }));
    const page = async (from: number, limit: number) =>
      (await store.transaction(async (tx) => tx.queueOf(me, key, { from, limit }))).map(({ version }) => version);
    expect(await page(0, 2)).toEqual([4, 9]);
    expect(await page(9, 2)).toEqual([9, 12]);
    expect(await page(10, 2)).toEqual([12]);
    expect((await queueOf(store)).map(({ version }) => version)).toEqual([4, 9, 12]);
  });

  test('whose head has no time of its own is made due, the head alone', async (database) => {
    await park(database.inbox(), behind(2), behind(3), behind(4, entity('order-2')));
    await keepHeadDue(database);
    expect(await dueOf(database)).toEqual([
      [2, true],
      [3, false],
    ]);
    expect(await dueOf(database, entity('order-2'))).toEqual([[4, false]]);
  });

  test('whose head has a time of its own keeps that', async (database) => {
    await park(database.inbox(), parked(2, { dueInMs: 60_000 }), behind(3));
    await keepHeadDue(database);
    expect(await dueOf(database)).toEqual([
      [2, false],
      [3, false],
    ]);
  });

  test('whose head is dead waits for a person', async (database) => {
    const dead = { reason: 'dead', dueInMs: undefined } as const;
    await park(database.inbox(), behind(3), parked(1, dead), parked(0, { ...dead, holdsEntity: false }));
    await keepHeadDue(database);
    await hasten(database, key);
    expect(await dueOf(database)).toEqual([
      [1, false],
      [3, false],
    ]);
  });

  test('is hastened at its head, when that waits for others', async (database) => {
    const [second, third, fourth] = [entity('order-2'), entity('order-3'), entity('order-4')];
    await park(
      database.inbox(),
      parked(2, { reason: 'gap', dueInMs: 60_000 }),
      behind(3),
      behind(4, second),
      parked(5, { of: third, reason: 'retry', dueInMs: 60_000 }),
      parked(6, { of: fourth, reason: 'gap', dueInMs: 60_000 }),
    );
    await hasten(database);
    await hasten(database, key, second, third);
    expect(await dueOf(database)).toEqual([
      [2, true],
      [3, false],
    ]);
    expect(await dueOf(database, second)).toEqual([[4, true]]);
    expect(await dueOf(database, third)).toEqual([[5, false]]);
    expect(await dueOf(database, fourth)).toEqual([[6, false]]);
  });

  test('of one consumer is not hastened by another', async (database) => {
    await park(database.inbox(), parked(2, { reason: 'gap', dueInMs: 60_000 }));
    await database.inbox().transaction(async (tx) => {
      await tx.hasten('shop.mails', [key]);
      await tx.keepHeadDue('shop.mails', key);
    });
    expect(await dueOf(database)).toEqual([[2, false]]);
  });
}
