import { type TestDatabase, testEnvironment } from '@waybill/testing';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { maintainInbox, migrate } from '../../../src/index.ts';

let database: TestDatabase;
let pool: pg.Pool;

beforeEach(async () => {
  database = await (await testEnvironment()).createDatabase('inbox');
  pool = new pg.Pool({ connectionString: database.url, max: 10 });
  await migrate(pool, { mode: 'run' });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

test('upkeep attaches the partitions of a year ahead once, and drops those past their retention', async () => {
  const now = new Date(Date.UTC(2031, 5, 15));
  const year = { retentionMs: 365 * 86_400_000, now };
  expect((await maintainInbox(pool, year)).attached).toBe(13);
  expect(await maintainInbox(pool, year)).toEqual({ attached: 0, dropped: [] });
  const names = async () =>
    (await pool.query(`SELECT relname FROM pg_class WHERE relname ~ '^inbox_20(2|30)'`)).rows.length;
  expect(await names()).toBe(0);
  const later = await maintainInbox(pool, { ...year, now: new Date(Date.UTC(2033, 0, 1)) });
  expect(later.dropped).toContain('inbox_203106');
  expect(later.dropped).not.toContain('inbox_203201');
});
