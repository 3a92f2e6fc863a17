import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  migrate,
  MigrationChangedError,
  MigrationsPendingError,
  transaction,
  TransactionAbortedError,
  waybillMigrations,
} from '../../../src/index.ts';
import { type Database, database } from './harness.ts';

let db: Database;
beforeEach(async () => {
  db = await database({ migrated: false });
});
afterEach(() => db.drop());

const one = { version: 1, name: 'first', sql: 'CREATE TABLE first (n int)' };

describe('migrate', () => {
  it('applies each migration once when ten start at once', async () => {
    const applied = await Promise.all(Array.from({ length: 10 }, () => migrate(db.pool, { mode: 'run' })));
    expect(
      applied
        .flat()
        .map(({ version }) => version)
        .toSorted((a, b) => a - b),
    ).toEqual(waybillMigrations.map(({ version }) => version));
    expect(await migrate(db.pool, { mode: 'check' })).toEqual([]);
  });

  it('only looks in mode check, and names what is missing and the command', async () => {
    const checked = migrate(db.pool, { mode: 'check' });
    await expect(checked).rejects.toThrow(MigrationsPendingError);
    await expect(checked).rejects.toThrow(/0001-publishing.*\.\/waybill migrate/);
    const { rows } = await db.pool.query(`SELECT to_regclass('waybill.outbox') AS made`);
    expect(rows[0].made).toBeNull();
  });

  it('refuses an applied migration whose text has changed', async () => {
    await migrate(db.pool, { namespace: 'orders', migrations: [one], mode: 'run' });
    const changed = [{ ...one, sql: 'CREATE TABLE first (n bigint)' }];
    await expect(migrate(db.pool, { namespace: 'orders', migrations: changed, mode: 'check' })).rejects.toThrow(
      MigrationChangedError,
    );
  });

  it('leaves versions of newer code alone, and the ledger as it was when a migration fails', async () => {
    const broken = [one, { version: 2, name: 'broken', sql: 'CREATE TABLE second (n int); SELECT nothing' }];
    await expect(migrate(db.pool, { namespace: 'orders', migrations: broken, mode: 'run' })).rejects.toThrow(/nothing/);
    const { rows } = await db.pool.query(`SELECT version FROM waybill.migration WHERE namespace = 'orders'`);
    expect(rows).toEqual([{ version: 1 }]);
    expect(await migrate(db.pool, { namespace: 'orders', migrations: [], mode: 'check' })).toEqual([]);
  });
});

describe('transaction', () => {
  it('says so when an error was swallowed and the server rolled back at commit', async () => {
    let committed = false;
    const swallowing = transaction(db.pool, (tx) => tx.query('SELECT nothing').catch(() => undefined), {
      committed: () => {
        committed = true;
      },
    });
    await expect(swallowing).rejects.toThrow(TransactionAbortedError);
    expect(committed).toBe(false);
  });
});
