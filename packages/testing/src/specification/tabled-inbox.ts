import type { InboxStore, Queryable } from '@waybill/messaging';
import { type MemoryClient, memoryInbox } from '../memory/index.ts';
import type { TeamTables } from './team-tables.ts';

/**
 * The inbox in memory, whose transactions are on a team's tables too: both parts of one are committed, or neither is.
 * @param isOurs whether a text that a handler's transaction is asked is the in-memory store's, and no SQL.
 */
export function tabledInbox(client: MemoryClient, tables: TeamTables, isOurs: (text: string) => boolean): InboxStore {
  const store = memoryInbox(client);
  const inTurn = oneAtATime();
  return {
    ...store,
    db: { query: async (sql, params) => inTurn(async () => tables.query(sql, params)) },
    transaction: async (work) =>
      inTurn(async () =>
        tables.undoable(async () =>
          store.transaction(async (tx) =>
            work({
              ...tx,
              db: either(tx.db, tables, isOurs),
              savepoint: async (inner) => tx.savepoint(async () => tables.undoable(inner)),
            }),
          ),
        ),
      ),
  };
}

function either(memory: Queryable, tables: TeamTables, isOurs: (text: string) => boolean): Queryable {
  return {
    query: async (sql, params) => (isOurs(sql) ? memory.query(sql, params) : tables.query(sql, params)),
  };
}

function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return async (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
