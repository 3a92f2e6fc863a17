import { testEnvironment, type TestDatabase } from '@waybill/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isTransient, migrate, postgresInbox, type PostgresInboxOptions } from '../../../src/index.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await (await testEnvironment()).createDatabase('prepared');
  const migrating = new pg.Pool({ connectionString: database.url, max: 1 });
  await migrate(migrating, { mode: 'run' });
  await migrating.query('CREATE TABLE copy (id int PRIMARY KEY, name text)');
  await migrating.end();
});
afterAll(async () => database.drop());
beforeEach(() => {
  // One connection, so that what it has prepared is seen.
  pool = new pg.Pool({ connectionString: database.url, max: 1, pipeline: true });
});
afterEach(async () => pool.end());

async function times(count: number, sql: (number: number) => string, options?: PostgresInboxOptions): Promise<void> {
  const inbox = postgresInbox(pool, options);
  await inbox.transaction(async ({ db }) => {
    for (let number = 1; number <= count; number += 1) await db.query(sql(number), [number]);
  });
}

async function prepared(): Promise<readonly { readonly name: string; readonly statement: string }[]> {
  const { rows } = await pool.query<{ name: string; statement: string }>(
    'SELECT name, statement FROM pg_prepared_statements ORDER BY name',
  );
  return rows;
}

const select = () => 'SELECT $1::int AS number';

describe('statements of a transaction', () => {
  test('are prepared when they come for the third time, by a name that says what they do', async () => {
    await times(2, select);
    expect(await prepared()).toEqual([]);
    await times(3, select);
    expect(await prepared()).toEqual([{ name: expect.stringMatching(/^SELECT\.[0-9a-f]{24}$/), statement: select() }]);
  });

  test('are not prepared where they are asked not to be', async () => {
    await times(10, select, { prepare: 'none' });
    expect(await prepared()).toEqual([]);
  });

  test('fill no server when a handler writes its values into them', async () => {
    const literal = (number: number) => `SELECT ${number % 400} AS n, $1::int`;
    await times(1_600, literal);
    expect((await prepared()).length).toBe(200);
  });

  test('may be several in one text without parameters, as often as one likes', async () => {
    const inbox = postgresInbox(pool);
    await inbox.transaction(async ({ db }) => {
      for (let number = 0; number < 5; number += 1) await db.query('SELECT 1; SELECT 2');
    });
    expect(await prepared()).toEqual([]);
  });

  test('go on after a table has changed: the one that no longer fits may be run again, on a new connection', async () => {
    const inbox = postgresInbox(pool);
    const read = async () =>
      inbox.transaction(async ({ db }) => {
        let rows: readonly unknown[] = [];
        for (let number = 0; number < 3; number += 1)
          ({ rows } = await db.query('SELECT * FROM copy WHERE id >= $1', [0]));
        return rows;
      });
    await read();
    await pool.query("ALTER TABLE copy ADD COLUMN more text DEFAULT 'x'");
    await pool.query("INSERT INTO copy (id, name) VALUES (1, 'a')");
    const failure = await read().catch((error: unknown) => error);
    expect(isTransient(failure)).toBe(true);
    expect(await read()).toEqual([{ id: 1, name: 'a', more: 'x' }]);
  });

  test('whose connection a pooler gave to others may be run again', async () => {
    const inbox = postgresInbox(pool);
    const read = async () =>
      inbox.transaction(async ({ db }) => {
        for (let number = 0; number < 3; number += 1) await db.query(select(), [number]);
      });
    await read();
    await pool.query('DEALLOCATE ALL');
    const failure = await read().catch((error: unknown) => error);
    expect(isTransient(failure)).toBe(true);
    await read();
  });
});
