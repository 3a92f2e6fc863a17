import type { OpenTransaction, StoreDatabase, StoreWorkbench, TestDatabase } from '@waybill/testing';
import { testEnvironment } from '@waybill/testing';
import pg from 'pg';
import { migrate, postgresInbox, postgresOutbox, postgresRelayStore } from '../../src/index.ts';

/** The stores' conformance suites on a real PostgreSQL, with a database for each test. */
export function postgresWorkbench(): StoreWorkbench & { close(): Promise<void> } {
  let migrated: Promise<TestDatabase> | undefined;
  return {
    async open() {
      migrated ??= migratedDatabase();
      return openCopy(await migrated);
    },
    async close() {
      await (await migrated)?.drop();
    },
  };
}

/** A copy of a database to which nobody is connected, for one test. */
export async function openCopy(of: Pick<TestDatabase, 'name'>): Promise<StoreDatabase> {
  return postgresDatabase(await (await testEnvironment()).createDatabase('stores', of));
}

/** A database with the tables that this package's migrations make. */
export async function migratedDatabase(): Promise<TestDatabase> {
  const database = await (await testEnvironment()).createDatabase('migrated');
  const pool = new pg.Pool({ connectionString: database.url });
  try {
    await migrate(pool, { mode: 'run' });
  } finally {
    await pool.end();
  }
  return database;
}

function postgresDatabase({ url, drop }: TestDatabase): StoreDatabase {
  const pool = new pg.Pool({ connectionString: url, max: 20 });
  // A connection that is cut must not end the test run.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  // Looks and cuts over a connection that is not cut itself.
  const onlooker = new pg.Pool({ connectionString: url, max: 1 });
  onlooker.on('error', () => undefined);
  onlooker.on('connect', (client) => client.on('error', () => undefined));
  return {
    inbox: () => postgresInbox(pool),
    outbox: postgresOutbox(),
    relayStore: () => postgresRelayStore({ connectionString: url }),
    begin: async () => openTransaction(await pool.connect()),
    async pass(ms) {
      for (const sql of PASS) await onlooker.query(sql, [ms]);
    },
    async waiting() {
      const { rows } = await onlooker.query<{ waiting: number }>(WAITING);
      return rows[0]?.waiting ?? 0;
    },
    async cutConnections() {
      await onlooker.query(CUT);
    },
    async close() {
      // Not waited for: a test that failed in the middle of a transaction never gives its connection back.
      pool.end().catch(() => undefined);
      await onlooker.end();
      await drop();
    },
  };
}

const PASS = [
  `UPDATE waybill.parked SET due_at = due_at - $1 * interval '1 ms', claimed_until = claimed_until - $1 * interval '1 ms',
          parked_at = parked_at - $1 * interval '1 ms'`,
  `UPDATE waybill.relay_shard SET lease_until = lease_until - $1 * interval '1 ms'`,
  `UPDATE waybill.relay_member SET alive_until = alive_until - $1 * interval '1 ms'`,
];

const WAITING = `
SELECT count(DISTINCT l.pid)::int AS waiting FROM pg_locks l JOIN pg_stat_activity a USING (pid)
 WHERE NOT l.granted AND a.datname = current_database()`;

const CUT = `
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;

function openTransaction(client: pg.PoolClient): OpenTransaction {
  let isOpen = true;
  const begun = client.query('BEGIN');
  const end = async (statement: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    try {
      await client.query(statement);
    } finally {
      client.release();
    }
  };
  return {
    async query(sql, params) {
      await begun;
      return client.query<Record<string, unknown>>(sql, params === undefined ? undefined : [...params]);
    },
    commit: async () => end('COMMIT'),
    rollback: async () => end('ROLLBACK'),
    async savepoint(work, then) {
      await client.query('SAVEPOINT test');
      await work();
      await client.query(then === 'undo' ? 'ROLLBACK TO SAVEPOINT test' : 'RELEASE SAVEPOINT test');
    },
  };
}
