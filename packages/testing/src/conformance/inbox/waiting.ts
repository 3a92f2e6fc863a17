import { type EntityKey, entityKeyText, type InboxTransaction } from '@waybill/messaging';
import { holding, queuedBehind, untilWaiting } from '../concurrency.ts';
import type { StoreSuite } from '../store-workbench.ts';
import { entity, idOf, key, me, onlyParked, parked } from './arranging.ts';

const contacts = 'shop.contacts';
const customer = { tenant: '', aggregateType: 'shop.customer', aggregateId: 'customer-1' };

/** The part of an event that needs an entity of a projection, and of the transaction that brings that entity. */
export function inboxWaiting({ test, expect }: StoreSuite): void {
  const waitsFor = { projection: contacts, key: customer };
  const waiting = parked(1, { reason: 'dependency', dueInMs: 60_000, waitsFor });

  const isPresent = async (tx: InboxTransaction): Promise<boolean> =>
    (await tx.presentEntities(contacts, [customer])).has(entityKeyText(customer));

  const provide = async (tx: InboxTransaction): Promise<void> => {
    await tx.lockEntities(contacts, [customer]);
    await tx.saveEntities(contacts, [{ key: customer, applied: 1, lastId: idOf(9), holes: [] }]);
    await tx.wakeWaiters(contacts, [customer]);
  };

  test('is present when something of it was applied', async (database) => {
    const store = database.inbox();
    const other = entity('customer-2');
    await store.transaction(async (tx) => {
      await tx.lockEntities(contacts, [customer, other]);
      await tx.saveEntities(contacts, [{ key: customer, applied: 1, lastId: idOf(9), holes: [] }]);
      await tx.lockEntities(me, [key]);
    });
    const present = store.transaction(async (tx) => tx.presentEntities(contacts, [customer, other, key]));
    expect(await present).toEqual(new Set([entityKeyText(customer)]));
    expect(await store.transaction(async (tx) => tx.presentEntities(contacts, []))).toEqual(new Set());
  });

  test('makes what waits for it due when it comes', async (database) => {
    const store = database.inbox();
    await store.transaction(async (tx) => tx.park(me, [waiting]));
    expect((await onlyParked(store)).due).toBe(false);
    await store.transaction(provide);
    expect((await onlyParked(store)).due).toBe(true);
  });

  test('that comes between the look and the parking waits for that, and wakes it', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    const open = await holding(
      one,
      async (tx) => expect(await isPresent(tx)).toBe(false),
      async (tx) => tx.park(me, [waiting]),
    );
    const providing = other.transaction(provide);
    await untilWaiting(database);
    await open.commit();
    await providing;
    expect((await onlyParked(one)).due).toBe(true);
  });

  test('that is coming is waited for by the look, which then sees it', async (database) => {
    const [one, other] = [database.inbox(), database.inbox()];
    const open = await holding(other, provide);
    const looking = one.transaction(isPresent);
    await untilWaiting(database);
    await open.commit();
    expect(await looking).toBe(true);
  });

  test('is looked for and brought together with others without a deadlock', async (database) => {
    const keys = ['d', 'b', 'e', 'a', 'c'].map((id) => entity(id));
    const bring = async (named: readonly EntityKey[]) =>
      database.inbox().transaction(async (tx) => tx.wakeWaiters(contacts, named));
    const look = async (named: readonly EntityKey[]) =>
      database.inbox().transaction(async (tx) => void (await tx.presentEntities(contacts, named)));
    for (const [one, other] of [[bring, look] as const, [look, bring] as const]) {
      const middle = await holding(database.inbox(), async (tx) => tx.wakeWaiters(contacts, [entity('e')]));
      await queuedBehind(middle, database, [() => one(keys), () => other(keys.toReversed())]);
    }
    const rounds = Array.from({ length: 24 }, async (_, n) =>
      (n % 3 === 0 ? bring : look)(n % 2 === 0 ? keys : keys.toReversed()),
    );
    await expect(Promise.all(rounds)).resolves.toHaveLength(24);
  });

  test('wakes nothing that waits for another, for another projection, or for something else by now', async (database) => {
    const store = database.inbox();
    const [second, third, fourth] = [entity('order-2'), entity('order-3'), entity('order-4')];
    await store.transaction(async (tx) => {
      await tx.lockEntities(contacts, [customer]);
      await tx.park(me, [
        waiting,
        parked(2, { of: second, reason: 'dependency', dueInMs: 60_000, waitsFor: { ...waitsFor, key: third } }),
        parked(3, { of: third, reason: 'dependency', dueInMs: 60_000, waitsFor: { ...waitsFor, projection: 'x' } }),
        parked(4, { of: fourth, reason: 'dependency', dueInMs: 60_000, waitsFor }),
      ]);
      const [failed] = await tx.queueOf(me, fourth, { from: 0, limit: 1 });
      if (failed === undefined) throw new Error('nothing is parked');
      await tx.updateParked(failed.id, { reason: 'retry', dueInMs: 60_000 });
    });
    await store.transaction(provide);
    const due = await Promise.all(
      [key, second, third, fourth].map(async (each) => (await onlyParked(store, each)).due),
    );
    expect(due).toEqual([true, false, false, false]);
  });
}
