import type pg from 'pg';

/** One statement as the body of a transaction: the shape that `publish` has too, with its three round trips. */
export async function committed(pool: pg.Pool, statement: pg.QueryConfig): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(statement);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
