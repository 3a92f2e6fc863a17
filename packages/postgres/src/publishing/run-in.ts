import { WaybillError, type Transaction } from '@waybill/messaging';

/** What was passed as a transaction can neither `query` nor `executeQuery`. */
export class UnknownTransactionError extends WaybillError {
  constructor() {
    super(
      'outbox.unknown-transaction',
      'publish was given something that is no transaction. Pass a client with query(sql, params), or a Kysely transaction.',
    );
  }
}

type Rows = readonly Record<string, unknown>[];

/** What of a Kysely executor is used, once its presence is known. */
interface CompiledQueryExecutor {
  executeQuery(query: object): Promise<{ readonly rows: unknown[] }>;
}

/**
 * Runs one statement in the caller's transaction, whatever that is. The statement has no name and leaves nothing in
 * the session, so that it works through a transaction pooler.
 * @throws {UnknownTransactionError}
 */
export async function runIn(tx: Transaction, sql: string, parameters: readonly unknown[]): Promise<Rows> {
  if ('executeQuery' in tx && typeof tx.executeQuery === 'function') {
    const executor: CompiledQueryExecutor = { executeQuery: (query) => tx.executeQuery(query as never) };
    const { rows } = await executor.executeQuery(compiledQuery(sql, parameters));
    return rows as Rows;
  }
  if ('query' in tx && typeof tx.query === 'function') return (await tx.query(sql, [...parameters])).rows;
  throw new UnknownTransactionError();
}

/** A raw query in the form that Kysely's executors take (its `CompiledQuery`), without depending on Kysely. */
function compiledQuery(sql: string, parameters: readonly unknown[]): object {
  return {
    query: { kind: 'RawNode', sqlFragments: [sql], parameters: [] },
    queryId: { queryId: 'waybill' },
    sql,
    parameters,
  };
}
