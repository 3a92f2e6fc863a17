import { WaybillError, type Queryable } from '@waybill/messaging';

/** What {@link transaction} needs of a pool; `pg.Pool` has it. */
export interface ConnectionPool {
  connect(): Promise<PooledConnection>;
}

/** A connection on loan from a pool; given an error, `release` closes it and does not give it back. */
export interface PooledConnection extends Queryable {
  release(problem?: Error | boolean): void;
}

/** The server answered COMMIT with a rollback: a statement had failed before, and its error was swallowed. */
export class TransactionAbortedError extends WaybillError {
  constructor() {
    super(
      'transaction.aborted',
      'The transaction was rolled back at its commit, because a statement in it failed and the error was caught. Let database errors leave the callback, or use a savepoint.',
    );
  }
}

export interface TransactionOptions {
  /** Called once the commit is confirmed, and only then: pass `outbox.wake`, so that the relay does not wait for its next look. */
  readonly committed?: () => void;
  /** `one-snapshot`: read only, and every statement sees the same state (REPEATABLE READ). READ COMMITTED when left out. */
  readonly mode?: 'one-snapshot';
}

/**
 * Runs `fn` in a READ COMMITTED transaction on one connection of the pool: commits when it fulfils, rolls back when
 * it rejects, and passes its value or error on. A connection that fails to roll back is closed, not returned.
 * @throws {TransactionAbortedError} when the server rolled back although COMMIT was asked for.
 */
export async function transaction<T>(
  pool: ConnectionPool,
  fn: (tx: Queryable) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const connection = await pool.connect();
  let broken: Error | undefined;
  try {
    await connection.query(options.mode ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN');
    const value = await fn(connection);
    const answer: object = await connection.query('COMMIT');
    // Without this, an error caught inside fn would look like a success: the server answers ROLLBACK, not an error.
    if ('command' in answer && answer.command === 'ROLLBACK') throw new TransactionAbortedError();
    options.committed?.();
    return value;
  } catch (error) {
    broken = await rollback(connection);
    throw error;
  } finally {
    connection.release(broken);
  }
}

async function rollback(connection: Queryable): Promise<Error | undefined> {
  try {
    await connection.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
