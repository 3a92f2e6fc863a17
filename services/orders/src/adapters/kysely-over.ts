import type { Queryable } from '@waybill/messaging';
import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { OrdersDatabase } from './tables.ts';

/** Kysely over a transaction that somebody else opened and will commit, as a handler's is. */
export function kyselyOver(tx: Queryable): Kysely<OrdersDatabase> {
  const connection = new BorrowedConnection(tx);
  return new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createDriver: () => ({
        init: async () => {},
        acquireConnection: async () => connection,
        beginTransaction: notOurs,
        commitTransaction: notOurs,
        rollbackTransaction: notOurs,
        releaseConnection: async () => {},
        destroy: async () => {},
      }),
    },
  });
}

class BorrowedConnection implements DatabaseConnection {
  readonly #tx: Queryable;

  constructor(tx: Queryable) {
    this.#tx = tx;
  }

  async executeQuery<TRow>(query: CompiledQuery): Promise<QueryResult<TRow>> {
    const result = await this.#tx.query(query.sql, query.parameters);
    // The rows' type is what the compiler of the query says it is; a driver cannot know it.
    return { rows: result.rows as TRow[], numAffectedRows: BigInt(result.rowCount ?? 0) };
  }

  // eslint-disable-next-line require-yield
  async *streamQuery<TRow>(): AsyncIterableIterator<QueryResult<TRow>> {
    throw new Error('A borrowed transaction does not stream: read in pages.');
  }
}

async function notOurs(): Promise<never> {
  throw new Error('This transaction is owned by whoever opened it: do not begin or end it here.');
}
