import type { StoreSuite } from '../store-workbench.ts';
import { holding, untilWaiting } from '../concurrency.ts';
import { entity, handled, idOf, key, lockEntity, me, park, parked, queueOf, rolledBack, stateOf } from './arranging.ts';

/** One transaction holds the dedupe row, the handler's writes and the version: all of them or none. */
export function inboxTransactions({ test, expect }: StoreSuite): void {
  const saved = { key, applied: 1, lastId: idOf(1), holes: [] };

  test('keeps everything that was done in it when it ends well, and answers what the work did', async (database) => {
    const store = database.inbox();
    const answer = await store.transaction(async (tx) => {
      await lockEntity(tx);
      await tx.saveEntities(me, [saved]);
      await tx.recordHandled(me, [handled(1)]);
      await tx.park(me, [parked(3)]);
      return 'done';
    });
    expect(answer).toBe('done');
    expect(await stateOf(store)).toMatchObject({ applied: 1, queue: [{ version: 3 }] });
    expect(await store.transaction(async (tx) => tx.handledIds(me, [idOf(1), idOf(2)]))).toEqual(new Set([idOf(1)]));
  });

  test('keeps nothing of it when the work throws, and passes that on', async (database) => {
    const store = database.inbox();
    await rolledBack(store, async (tx) => {
      await lockEntity(tx);
      await tx.saveEntities(me, [saved]);
      await tx.recordHandled(me, [handled(1)]);
      await tx.park(me, [parked(3)]);
    });
    expect(await stateOf(store)).toMatchObject({ applied: 0, queue: [] });
    expect(await store.transaction(async (tx) => tx.handledIds(me, [idOf(1)]))).toEqual(new Set());
  });

  test('is not seen by others before it is committed', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    const open = await holding(one, async (tx) => {
      await tx.recordHandled(me, [handled(1)]);
      await tx.park(me, [parked(3)]);
    });
    expect(await queueOf(other)).toEqual([]);
    expect(await other.transaction(async (tx) => tx.handledIds(me, [idOf(1)]))).toEqual(new Set());
    expect((await other.counts(me)).retrying).toBe(0);
    await open.commit();
    expect(await queueOf(other)).toHaveLength(1);
  });

  test('fails when an event was handled before', async (database) => {
    const store = database.inbox();
    await store.transaction(async (tx) => tx.recordHandled(me, [handled(1)]));
    const again = store.transaction(async (tx) => {
      await tx.park(me, [parked(3)]);
      await tx.recordHandled(me, [handled(2), handled(1)]);
    });
    await expect(again).rejects.toThrow(Error);
    expect(await queueOf(store)).toEqual([]);
    expect(await store.transaction(async (tx) => tx.handledIds(me, [idOf(1), idOf(2)]))).toEqual(new Set([idOf(1)]));
  });

  test('fails when another that is still open has handled the event and then commits', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    const open = await holding(one, async (tx) => tx.recordHandled(me, [handled(1)]));
    const second = other.transaction(async (tx) => tx.recordHandled(me, [handled(1)]));
    const failed = second.then(
      () => false,
      () => true,
    );
    await untilWaiting(database);
    await open.commit();
    expect(await failed).toBe(true);
  });

  test('handles the event when another that had done so rolls back', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    const open = await holding(one, async (tx) => tx.recordHandled(me, [handled(1)]));
    const second = other.transaction(async (tx) => tx.recordHandled(me, [handled(1)]));
    await untilWaiting(database);
    await open.rollback();
    await second;
    expect(await one.transaction(async (tx) => tx.handledIds(me, [idOf(1)]))).toEqual(new Set([idOf(1)]));
  });

  test('of one consumer takes nothing for handled that another has handled', async (database) => {
    const store = database.inbox();
    await store.transaction(async (tx) => tx.recordHandled('shop.mails', [handled(1)]));
    expect(await store.transaction(async (tx) => tx.handledIds(me, [idOf(1)]))).toEqual(new Set());
    await store.transaction(async (tx) => tx.recordHandled(me, [handled(1)]));
  });

  test('undoes what was done after a savepoint alone, and passes on what was thrown', async (database) => {
    const store = database.inbox();
    await store.transaction(async (tx) => {
      await tx.park(me, [parked(1)]);
      const failing = tx.savepoint(async () => {
        await tx.park(me, [parked(2)]);
        await tx.recordHandled(me, [handled(2)]);
        throw new Error('the handler failed');
      });
      await expect(failing).rejects.toThrow('the handler failed');
      expect(await tx.savepoint(async () => tx.park(me, [parked(3)]))).toBe(1);
    });
    expect((await queueOf(store)).map(({ version }) => version)).toEqual([1, 3]);
    expect(await store.transaction(async (tx) => tx.handledIds(me, [idOf(2)]))).toEqual(new Set());
  });

  test('undoes a savepoint inside of another alone', async (database) => {
    const store = database.inbox();
    await store.transaction(async (tx) =>
      tx.savepoint(async () => {
        await tx.park(me, [parked(1)]);
        const inner = tx.savepoint(async () => {
          await tx.park(me, [parked(2)]);
          throw new Error('the inner one failed');
        });
        await expect(inner).rejects.toThrow('the inner one failed');
        await tx.park(me, [parked(3)]);
      }),
    );
    expect((await queueOf(store)).map(({ version }) => version)).toEqual([1, 3]);
  });

  test('goes on after an error of the store that a savepoint held', async (database) => {
    const store = database.inbox();
    await store.transaction(async (tx) => tx.recordHandled(me, [handled(1)]));
    await store.transaction(async (tx) => {
      await expect(tx.savepoint(async () => tx.recordHandled(me, [handled(1)]))).rejects.toThrow(Error);
      await tx.park(me, [parked(2)]);
    });
    expect(await queueOf(store)).toHaveLength(1);
  });

  test('cannot be committed after an error of the store that no savepoint held', async (database) => {
    const store = database.inbox();
    await store.transaction(async (tx) => tx.recordHandled(me, [handled(1)]));
    const swallowing = store.transaction(async (tx) => {
      await tx.park(me, [parked(2)]);
      await tx.recordHandled(me, [handled(1)]).catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow(Error);
    expect(await queueOf(store)).toEqual([]);
  });

  test('whose connection is gone is rolled back, and may be run again', async (database) => {
    const store = database.inbox();
    const open = await holding(
      store,
      async (tx) => tx.park(me, [parked(1)]),
      async (tx) => tx.park(me, [parked(2)]),
    );
    await database.cutConnections();
    const error: unknown = await open.commit().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(store.isTransient(error)).toBe(true);
    expect(await queueOf(store)).toEqual([]);
    expect(await park(store, parked(1))).toBe(1);
  });

  test('that deadlocks with another fails as one that may be run again, and the other goes on', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    const [left, right] = [entity('left'), entity('right')];
    const open = [
      await holding(
        one,
        async (tx) => lockEntity(tx, left),
        async (tx) => lockEntity(tx, right),
      ),
      await holding(
        other,
        async (tx) => lockEntity(tx, right),
        async (tx) => lockEntity(tx, left),
      ),
    ];
    const outcomes = await Promise.allSettled(open.map(async (each) => each.commit()));
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(failures).toHaveLength(1);
    expect(one.isTransient(failures[0])).toBe(true);
  });

  test('is not to be run again because of an error of the handler', async (database) => {
    expect(database.inbox().isTransient(new Error('the handler failed'))).toBe(false);
  });
}
