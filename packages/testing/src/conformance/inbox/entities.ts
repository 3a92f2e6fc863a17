import { type EntityKey, entityKeyText } from '@waybill/messaging';
import { holding, queuedBehind, untilWaiting } from '../concurrency.ts';
import type { StoreSuite } from '../store-workbench.ts';
import { behind, entity, idOf, key, lockEntity, me, park, parked, rolledBack, stateOf } from './arranging.ts';

export function inboxEntities({ test, expect }: StoreSuite): void {
  const none = { applied: 0, lastId: undefined, holes: [], queue: [] };

  test('that is new has nothing applied', async (database) => {
    expect(await stateOf(database.inbox())).toEqual(none);
    expect(await database.inbox().transaction(async (tx) => tx.lockEntities(me, []))).toEqual(new Map());
  });

  test('is kept with its version, the id that brought it, its holes and what is parked for it', async (database) => {
    const store = database.inbox();
    const holes = [
      { from: 1, to: 3 },
      { from: 7, to: 7 },
    ];
    await store.transaction(async (tx) => {
      await tx.lockEntities(me, [key]);
      await tx.saveEntities(me, [{ key, applied: 9, lastId: idOf(9), holes }]);
      await tx.park(me, [
        behind(12),
        parked(11, { reason: 'gap' }),
        parked(10, { reason: 'dead', holdsEntity: false }),
      ]);
    });
    const queue = [{ version: 11, id: idOf(11) }];
    expect(await stateOf(store)).toEqual({ applied: 9, lastId: idOf(9), holes, queue });
    await store.transaction(async (tx) => {
      await tx.lockEntities(me, [key]);
      await tx.saveEntities(me, [{ key, applied: 20, lastId: undefined, holes: [] }]);
    });
    expect(await stateOf(store)).toEqual({ applied: 20, lastId: undefined, holes: [], queue });
  });

  test('is read with the head of its queue, and with what stands behind that at the versions asked for', async (database) => {
    const store = database.inbox();
    const other = entity('order-2');
    const apart = parked(14, { reason: 'dead', dueInMs: undefined, holdsEntity: false });
    await park(store, behind(13), behind(11), behind(15), behind(12), apart, behind(7, other), behind(23, other));
    const read = async (asked: readonly (readonly [EntityKey, number])[]) => {
      const versions = asked.map(([of, version]) => ({ key: of, version }));
      const states = await store.transaction(async (tx) =>
        tx.lockEntities(me, [key, other, entity('order-3')], versions),
      );
      return [key, other, entity('order-3')].map((of) =>
        states.get(entityKeyText(of))?.queue.map(({ version }) => version),
      );
    };
    expect(await read([])).toEqual([[11], [7], []]);
    expect(
      await read([
        [key, 11],
        [key, 12],
        [key, 12],
        [key, 14],
        [key, 16],
        [entity('order-3'), 11],
      ]),
    ).toEqual([[11, 12], [7], []]);
    expect(
      await read([
        [key, 15],
        [key, 12],
        [other, 13],
        [other, 23],
      ]),
    ).toEqual([[11, 12, 15], [7, 23], []]);
  });

  test('is read as it is after the wait for its lock, with what was parked meanwhile', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    await one.transaction(async (tx) => tx.lockEntities(me, [key]));
    const open = await holding(
      one,
      async (tx) => tx.lockEntities(me, [key]),
      async (tx) => {
        await tx.saveEntities(me, [{ key, applied: 3, lastId: idOf(3), holes: [{ from: 1, to: 2 }] }]);
        await tx.park(me, [parked(5)]);
      },
    );
    const second = stateOf(other);
    await untilWaiting(database);
    await open.commit();
    const queue = [{ version: 5, id: idOf(5) }];
    expect(await second).toEqual({ applied: 3, lastId: idOf(3), holes: [{ from: 1, to: 2 }], queue });
  });

  test('that is new is made by one transaction, and read by the next after it', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    const open = await holding(
      one,
      async (tx) => tx.lockEntities(me, [key]),
      async (tx) => {
        await tx.saveEntities(me, [{ key, applied: 1, lastId: idOf(1), holes: [] }]);
        await tx.park(me, [parked(3)]);
      },
    );
    const second = stateOf(other);
    await untilWaiting(database);
    await open.commit();
    const queue = [{ version: 3, id: idOf(3) }];
    expect(await second).toEqual({ applied: 1, lastId: idOf(1), holes: [], queue });
  });

  test('that is new is made by the next when its transaction rolls back', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    const open = await holding(one, async (tx) => tx.lockEntities(me, [key]));
    const second = stateOf(other);
    await untilWaiting(database);
    await open.rollback();
    expect(await second).toEqual(none);
  });

  test('counts each of many concurrent transactions once', async (database) => {
    const stores = Array.from({ length: 4 }, () => database.inbox());
    const increments = Array.from({ length: 40 }, async (_, n) => {
      const store = stores[n % stores.length] ?? database.inbox();
      await store.transaction(async (tx) => {
        const { applied } = await lockEntity(tx);
        await tx.saveEntities(me, [{ key, applied: applied + 1, lastId: undefined, holes: [] }]);
      });
    });
    await Promise.all(increments);
    expect((await stateOf(database.inbox())).applied).toBe(40);
  });

  test('is locked without a deadlock by transactions that name many in different orders', async (database) => {
    const keys = ['d', 'b', 'e', 'a', 'c'].map((id) => entity(id));
    const counting = async (named: readonly EntityKey[]) =>
      database.inbox().transaction(async (tx) => {
        const states = await tx.lockEntities(me, named);
        const entities = keys.map((each) => {
          const applied = (states.get(entityKeyText(each))?.applied ?? 0) + 1;
          return { key: each, applied, lastId: undefined, holes: [] };
        });
        await tx.saveEntities(me, entities);
      });
    await counting(keys);
    // Who takes them as they are named has two of them when it comes to this one, and the next who does the other two.
    const middle = await holding(database.inbox(), async (tx) => tx.lockEntities(me, [entity('e')]));
    await queuedBehind(middle, database, [() => counting(keys), () => counting(keys.toReversed())]);
    const rounds = Array.from({ length: 24 }, async (_, n) => counting(n % 2 === 0 ? keys : keys.toReversed()));
    await Promise.all(rounds);
    for (const each of keys) expect((await stateOf(database.inbox(), each)).applied).toBe(27);
  });

  test('is apart from one of another tenant, type or consumer, and does not wait for it', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    const others = [entity(key.aggregateId, 'acme'), { ...key, aggregateType: 'shop.invoice' }];
    const open = await holding(one, async (tx) => {
      await lockEntity(tx);
      await tx.saveEntities(me, [{ key, applied: 5, lastId: idOf(5), holes: [] }]);
      await tx.park(me, [parked(7)]);
    });
    for (const each of others) expect(await stateOf(other, each)).toEqual(none);
    const theirs = await other.transaction(async (tx) => tx.lockEntities('shop.mails', [key]));
    expect(theirs.get(entityKeyText(key))).toEqual(none);
    await open.commit();
    for (const each of others) expect(await stateOf(other, each)).toEqual(none);
  });

  test('is as it was when its transaction rolls back', async (database) => {
    const store = database.inbox();
    await park(store, parked(5));
    await rolledBack(store, async (tx) => {
      await lockEntity(tx);
      await tx.saveEntities(me, [{ key, applied: 5, lastId: idOf(5), holes: [] }]);
      await tx.unpark((await tx.queueOf(me, key, { from: 0, limit: 10 })).map(({ id }) => id));
      await tx.noteReconciled(me, key);
    });
    expect(await stateOf(store)).toEqual({ ...none, queue: [{ version: 5, id: idOf(5) }] });
  });
}
