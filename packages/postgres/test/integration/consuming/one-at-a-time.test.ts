import { testEnvironment, type TestDatabase } from '@waybill/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresInbox } from '../../../src/index.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await (await testEnvironment()).createDatabase('one-at-a-time');
});
afterAll(async () => database.drop());

test.each(['pipelined', 'plain'] as const)(
  'statements begun together on a %s connection are run in their order, and without a warning',
  async (kind) => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1, pipeline: kind === 'pipelined' });
    const warnings: string[] = [];
    const note = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', note);
    try {
      const numbers = Array.from({ length: 50 }, (_, index) => index);
      const answers = await postgresInbox(pool).transaction(async ({ db }) => {
        await db.query('CREATE TEMP TABLE line (n serial, given int) ON COMMIT DROP');
        await Promise.all(numbers.map(async (given) => db.query('INSERT INTO line (given) VALUES ($1)', [given])));
        return db.query('SELECT given FROM line ORDER BY n');
      });
      expect(answers.rows.map(({ given }) => given)).toEqual(numbers);
      expect(warnings).toEqual([]);
    } finally {
      process.off('warning', note);
      await pool.end();
    }
  },
);

test.each(['pipelined', 'plain'] as const)(
  'what fails on a %s connection undoes what was begun with it, and the connection serves on',
  async (kind) => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1, pipeline: kind === 'pipelined' });
    try {
      const inbox = postgresInbox(pool);
      await pool.query('CREATE TABLE IF NOT EXISTS undone (n int)');
      const failing = inbox.transaction(async ({ db }) =>
        Promise.all([
          db.query('INSERT INTO undone VALUES ($1)', [1]),
          db.query('SELECT 1 / $1::int', [0]),
          db.query('INSERT INTO undone VALUES ($1)', [2]),
        ]),
      );
      await expect(failing).rejects.toThrow('division by zero');
      const { rows } = await inbox.transaction(async ({ db }) => db.query('SELECT n FROM undone WHERE n > $1', [0]));
      expect(rows).toEqual([]);
    } finally {
      await pool.end();
    }
  },
);
