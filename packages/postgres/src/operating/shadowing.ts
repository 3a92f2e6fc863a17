import type { Queryable, RowCounts, ShadowTransaction } from '@waybill/messaging';
import { isTransient } from '../consuming/transient-error.ts';
import type { ConnectionPool } from '../transaction.ts';

/** Milliseconds for which a statement of a shadow waits for a lock, and for which it may run. */
export interface ShadowLimits {
  readonly lockMs: number;
  readonly statementMs: number;
}

/**
 * Lends a transaction that is rolled back, whatever becomes of `work`. All that runs in it sees one state of the database, and
 * it gives way: a lock that somebody holds is waited for only shortly.
 */
export async function inShadow<T>(
  pool: ConnectionPool,
  { lockMs, statementMs }: ShadowLimits,
  work: (shadow: ShadowTransaction) => Promise<T>,
): Promise<T> {
  const connection = await pool.connect();
  let broken: Error | undefined;
  try {
    await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await connection.query(
      `SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true),
              set_config('idle_in_transaction_session_timeout', $3, true)`,
      [`${lockMs}ms`, `${statementMs}ms`, `${10 * statementMs}ms`],
    );
    return await work({ undone: async (attempt) => undone(connection, attempt) });
  } finally {
    broken = await rollBack(connection);
    connection.release(broken);
  }
}

async function undone(
  db: Queryable,
  attempt: Parameters<ShadowTransaction['undone']>[0],
): ReturnType<ShadowTransaction['undone']> {
  await db.query('SAVEPOINT waybill_shadow');
  const before = await rowsWritten(db);
  let error: unknown;
  try {
    await attempt({ db, versionOf: async (aggregate) => versionOf(db, aggregate) });
    // What is checked at a commit is checked now, since none comes.
    await db.query('SET CONSTRAINTS ALL IMMEDIATE');
  } catch (caught) {
    error = caught ?? new Error('The handler threw nothing.');
  }
  await db.query('ROLLBACK TO SAVEPOINT waybill_shadow');
  // The server's counts are of what was attempted: they stay when it is rolled back.
  return { rows: differenceOf(before, await rowsWritten(db)), error };
}

type Counts = ReadonlyMap<string, RowCounts>;

async function rowsWritten(db: Queryable): Promise<Counts> {
  const { rows } = await db.query(
    `SELECT schemaname || '.' || relname AS name, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
      WHERE n_tup_ins + n_tup_upd + n_tup_del > 0`,
  );
  return new Map(
    rows.map((row) => [
      String(row['name']),
      {
        inserted: Number(row['n_tup_ins']),
        updated: Number(row['n_tup_upd']),
        deleted: Number(row['n_tup_del']),
      },
    ]),
  );
}

function differenceOf(before: Counts, after: Counts): Counts {
  const changes = [...after].map(([table, { inserted, updated, deleted }]): [string, RowCounts] => {
    const was = before.get(table) ?? { inserted: 0, updated: 0, deleted: 0 };
    return [
      table,
      { inserted: inserted - was.inserted, updated: updated - was.updated, deleted: deleted - was.deleted },
    ];
  });
  return new Map(changes.filter(([, { inserted, updated, deleted }]) => inserted + updated + deleted > 0));
}

async function versionOf(
  db: Queryable,
  aggregate: { readonly tenant: string; readonly aggregateType: string; readonly aggregateId: string },
): Promise<number> {
  const { rows } = await db.query(
    `SELECT version FROM waybill.stream WHERE tenant = $1 AND aggregate_type = $2 AND aggregate_id = $3`,
    [aggregate.tenant, aggregate.aggregateType, aggregate.aggregateId],
  );
  return Number(rows[0]?.['version'] ?? 0);
}

/** Locks that a handler took for its session outlive a rollback. */
async function rollBack(db: Queryable): Promise<Error | undefined> {
  try {
    await db.query('ROLLBACK');
    await db.query('SELECT pg_advisory_unlock_all()');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** `query_canceled`: a statement took too long. `idle_in_transaction_session_timeout`: the handler did. */
const CUT_OFF = new Set(['57014', '25P03']);

/**
 * Whether an error says nothing of the handler that met it: live traffic was in the way, or the time of a shadow was up
 * (SQLSTATE, "PostgreSQL Error Codes").
 */
export function isShadowTrouble(error: unknown): boolean {
  if (isTransient(error)) return true;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && CUT_OFF.has(error.code);
}

/** Notes a step of a shadow: where it got to, how many events it compared and passed over, and what it found so far. */
export async function noteShadowStep(
  tx: Queryable,
  job: string,
  step: {
    readonly checkpoint: unknown;
    readonly report: unknown;
    readonly compared: number;
    readonly passedOver: number;
  },
): Promise<void> {
  await tx.query(
    `UPDATE waybill.job SET checkpoint = $2, report = $3, taken = taken + $4, passed_over = passed_over + $5,
            stepped_at = clock_timestamp() WHERE id = $1`,
    [job, JSON.stringify(step.checkpoint), JSON.stringify(step.report), step.compared, step.passedOver],
  );
}
