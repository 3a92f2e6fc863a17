import type { Queryable } from '@waybill/messaging';
import type pg from 'pg';

/**
 * Reads in a transaction of its own that may not write.
 * @param withinMs Milliseconds for each statement, after which it is given up with an error.
 */
export async function readWithin<T>(pool: pg.Pool, withinMs: number, run: (db: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let problem: Error | undefined;
  try {
    await client.query(`begin read only; set local statement_timeout = ${withinMs}`);
    const result = await run(client);
    await client.query('commit');
    return result;
  } catch (error) {
    problem = error instanceof Error ? error : new Error(String(error));
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    // A connection that broke is not to be used again.
    client.release(problem !== undefined && !('severity' in problem));
  }
}

/** Whether a statement was given up since its time was over. */
export function tookTooLong(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '57014';
}
