import pg from 'pg';
import type { Injector } from './stage.ts';
import { lasting } from './stage.ts';

/**
 * A transaction that has written, and so has an id, and keeps a snapshot, stays open: what a forgotten session, a
 * report or an index build does to a producer's database.
 */
export const longTransaction: Injector = async (stage, { target, forMs }) => {
  const client = new pg.Client({ connectionString: stage.databaseUrl(target), application_name: 'long-transaction' });
  // The server may be killed meanwhile.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await client.query('SELECT pg_current_xact_id(), count(*) FROM waybill.stream');
    await lasting(stage, forMs);
    await client.query('COMMIT');
    return `open for ${forMs} ms`;
  } catch (error) {
    return `ended early: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    await client.end().catch(() => undefined);
  }
};
