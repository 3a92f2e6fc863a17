import pg from 'pg';
import { expect, test } from 'vitest';
import { testEnvironment } from '../../src/environment.ts';

async function query(url: string, statement: string, values: readonly unknown[] = []): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement, [...values])).rows;
  } finally {
    await client.end();
  }
}

test('each database is empty and of its own, and is gone once dropped, open connections or not', async () => {
  const environment = await testEnvironment();
  const [one, other] = await Promise.all([
    environment.createDatabase('orders-test'),
    environment.createDatabase('orders-test'),
  ]);
  expect(one.name).toMatch(/^orders_test_/);
  await query(one.url, 'create table t ()');
  expect(await query(other.url, `select 1 from pg_tables where tablename = 't'`)).toEqual([]);

  const open = new pg.Client({ connectionString: one.url });
  open.on('error', () => undefined);
  await open.connect();
  await Promise.all([one.drop(), other.drop()]);
  await open.end().catch(() => undefined);
  const left = await query(environment.postgresUrl, 'select 1 from pg_database where datname = any($1)', [
    [one.name, other.name],
  ]);
  expect(left).toEqual([]);
});

test('the environment is joined once per process', async () => {
  expect(await testEnvironment()).toBe(await testEnvironment());
});
