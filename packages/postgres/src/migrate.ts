import { createHash } from 'node:crypto';
import { WaybillError, type Queryable } from '@waybill/messaging';
import { waybillMigrations } from './migrations/index.ts';
import { transaction, type ConnectionPool } from './transaction.ts';

/** One step of a schema. Once applied anywhere it is never edited: a later version changes what it made. */
export interface Migration {
  /** 1, 2, 3 … within its namespace. */
  readonly version: number;
  readonly name: string;
  /** One or more statements, run together in one transaction. */
  readonly sql: string;
}

export interface MigrateOptions {
  /** Whose migrations these are: `waybill` (the default), or a service's name for its own tables. */
  readonly namespace?: string;
  /** Waybill's own when left out. */
  readonly migrations?: readonly Migration[];
  /** `run` applies what is missing; `check` only looks, and fails when something is. */
  readonly mode: 'run' | 'check';
}

/** The database lacks migrations that this code needs, and was not allowed to apply them. */
export class MigrationsPendingError extends WaybillError {
  readonly pending: readonly string[];

  constructor(namespace: string, pending: readonly string[]) {
    super(
      'migrate.pending',
      `The database lacks ${pending.length} migration(s) of "${namespace}": ${pending.join(', ')}. Start once with MIGRATE=run${namespace === 'waybill' ? ', or run ./waybill migrate' : ''}.`,
    );
    this.pending = pending;
  }
}

/** An applied migration differs from the one in the code. */
export class MigrationChangedError extends WaybillError {
  constructor(namespace: string, label: string) {
    super(
      'migrate.changed',
      `Migration ${label} of "${namespace}" was applied with other SQL than the code has now. Restore its text, and make the change in a new migration.`,
    );
  }
}

/** The list of migrations itself is wrong. */
export class MigrationListError extends WaybillError {
  constructor(namespace: string, problem: string) {
    super('migrate.list', `The migrations of "${namespace}" ${problem}. Number them 1, 2, 3 … in ascending order.`);
  }
}

/**
 * Brings the database up to `migrations`, each in a transaction of its own under one advisory lock, so that any
 * number of processes may start at once. Versions above those known here are left alone: the schema of version N
 * serves code of version N-1. Answers what was applied by this call.
 * @throws {MigrationsPendingError} in mode `check`, naming what is missing.
 * @throws {MigrationChangedError} when an applied migration's SQL differs from the code's.
 */
export async function migrate(pool: ConnectionPool, options: MigrateOptions): Promise<readonly Migration[]> {
  const { namespace = 'waybill', migrations = waybillMigrations, mode } = options;
  requireAscending(namespace, migrations);
  const missing = await transaction(pool, async (tx) =>
    pendingOf(namespace, migrations, await appliedIn(tx, namespace)),
  );
  if (missing.length === 0) return [];
  if (mode === 'check') throw new MigrationsPendingError(namespace, missing.map(labelOf));
  const applied: Migration[] = [];
  for (const migration of missing) {
    if (await transaction(pool, (tx) => apply(tx, namespace, migration))) applied.push(migration);
  }
  return applied;
}

/** SHA-256 of the SQL, line ends made equal so that a checkout on another system does not look like a change. */
export function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql.replaceAll('\r\n', '\n').trim()).digest('hex');
}

async function apply(tx: Queryable, namespace: string, migration: Migration): Promise<boolean> {
  // One key for all namespaces: their migrations may touch the same schema. Held to the end of the transaction, so
  // that it works through a transaction pooler too.
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('waybill.migrate', 0))`);
  await tx.query(CREATE_LEDGER);
  const still = pendingOf(namespace, [migration], await appliedIn(tx, namespace));
  if (still.length === 0) return false;
  await tx.query(migration.sql);
  await tx.query('INSERT INTO waybill.migration (namespace, version, name, checksum) VALUES ($1, $2, $3, $4)', [
    namespace,
    migration.version,
    migration.name,
    checksumOf(migration),
  ]);
  return true;
}

async function appliedIn(tx: Queryable, namespace: string): Promise<ReadonlyMap<number, string>> {
  const { rows: exists } = await tx.query(`SELECT to_regclass('waybill.migration') IS NOT NULL AS yes`);
  if (exists[0]?.['yes'] !== true) return new Map();
  const { rows } = await tx.query('SELECT version, checksum FROM waybill.migration WHERE namespace = $1', [namespace]);
  return new Map(rows.map((row) => [Number(row['version']), String(row['checksum'])]));
}

function pendingOf(
  namespace: string,
  migrations: readonly Migration[],
  applied: ReadonlyMap<number, string>,
): readonly Migration[] {
  return migrations.filter((migration) => {
    const checksum = applied.get(migration.version);
    if (checksum !== undefined && checksum !== checksumOf(migration))
      throw new MigrationChangedError(namespace, labelOf(migration));
    return checksum === undefined;
  });
}

function requireAscending(namespace: string, migrations: readonly Migration[]): void {
  let last = 0;
  for (const { version } of migrations) {
    if (!Number.isSafeInteger(version) || version <= last) {
      throw new MigrationListError(namespace, `have version ${version} after ${last}`);
    }
    last = version;
  }
}

function labelOf(migration: Migration): string {
  return `${String(migration.version).padStart(4, '0')}-${migration.name}`;
}

const CREATE_LEDGER = `
  CREATE SCHEMA IF NOT EXISTS waybill;
  CREATE TABLE IF NOT EXISTS waybill.migration (
    namespace  text        NOT NULL,
    version    integer     NOT NULL,
    name       text        NOT NULL,
    checksum   text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (namespace, version))`;
