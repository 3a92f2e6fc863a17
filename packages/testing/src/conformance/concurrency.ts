import { setImmediate as immediate } from 'node:timers/promises';
import type { InboxStore, InboxTransaction } from '@waybill/messaging';
import { eventually } from '../eventually.ts';
import type { StoreDatabase } from './store-workbench.ts';

/** A transaction that has done its work and stays open until the test lets it go on. */
export interface HeldTransaction {
  /** Lets it run what is left of it, and waits until it is committed. */
  commit(): Promise<void>;
  /** Rolls it back. */
  rollback(): Promise<void>;
}

class RolledBack extends Error {}

/** Runs `work` in a transaction and keeps that open; `last` is run before its commit. */
export async function holding(
  store: InboxStore,
  work: (tx: InboxTransaction) => Promise<unknown>,
  last: (tx: InboxTransaction) => Promise<unknown> = async () => undefined,
): Promise<HeldTransaction> {
  const worked = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<'commit' | 'rollback'>();
  const ended = store.transaction(async (tx) => {
    await work(tx);
    worked.resolve();
    if ((await ending.promise) === 'rollback') throw new RolledBack();
    await last(tx);
  });
  // When the work fails, so does what waits for it.
  ended.catch(worked.reject);
  await worked.promise;
  return {
    async commit() {
      ending.resolve('commit');
      await ended;
    },
    async rollback() {
      ending.resolve('rollback');
      await ended.catch((error: unknown) => {
        if (!(error instanceof RolledBack)) throw error;
      });
    },
  };
}

/** Waits until that many transactions of the database wait for locks of others. */
export async function untilWaiting(database: StoreDatabase, count = 1): Promise<void> {
  await eventually(
    async () => {
      const waiting = await database.waiting();
      if (waiting < count) throw new Error(`${waiting} of them wait`);
      return true;
    },
    { what: `${count} transactions that wait for a lock`, deadlineMs: 10_000, everyMs: 5 },
  );
}

/** Starts each of `works`, ends the transaction that all of them then wait for, and resolves when they are done. */
export async function queuedBehind(
  held: Pick<HeldTransaction, 'commit'>,
  database: StoreDatabase,
  works: readonly (() => Promise<unknown>)[],
): Promise<void> {
  const release = async (): Promise<void> => {
    await untilWaiting(database, works.length);
    await held.commit();
  };
  await Promise.all([...works.map(async (work) => work()), release()]);
}

/** Resolves as `work` does, and fails as soon as that waits for a lock. */
export async function withoutWaiting<T>(database: StoreDatabase, work: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  work.then(end, end);
  while (!ended.signal.aborted) {
    if ((await database.waiting()) > 0) throw new Error('it waits for a lock that another has');
    await immediate();
  }
  return work;
}

/** Does `step` over and over until `work` has ended; passes on what either of them throws. */
export async function meanwhile(work: Promise<unknown>, step: () => Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  const stepping = (async () => {
    while (!ended.signal.aborted) {
      await step();
      // A store in memory answers without ever letting a timer fire.
      await immediate();
    }
  })();
  try {
    await work;
  } finally {
    ended.abort();
    await stepping;
  }
}
