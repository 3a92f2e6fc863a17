import { type TestDatabase, testEnvironment } from '@waybill/testing';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { editsOf, keepEdit, maintainInbox, migrate, shownEdits } from '../../../src/index.ts';

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

test('the bytes of an edit go after the retention, and what it showed stays', async () => {
  const event = { consumer: 'mail.letters', eventId: 'one', version: 3 };
  const shown = { before: { to: '••••', text: 'a' }, after: { to: '••••', text: 'b' } };
  const bytes = { original: Buffer.from('ann a'), edited: Buffer.from('ann b') };
  const edit = await keepEdit(pool, { ...event, ...bytes, shown, actor: 'oskar' });
  await pool.query(
    `INSERT INTO waybill.approval (id, operation, target, request, reason, actor, until)
     VALUES (gen_random_uuid(), 'edit', 'parked/1', '{"id": "1", "data": {"to": "ann"}}', 'typing error', 'oskar', now())`,
  );
  const kept = async () => ({
    edits: (await editsOf(pool, event)).map(({ original, edited }) => [original?.length, edited?.length]),
    requests: (await pool.query('SELECT request FROM waybill.approval')).rows,
  });
  const options = { retentionMs: 90 * 86_400_000, now: new Date() };
  await maintainInbox(pool, options);
  expect(await kept()).toEqual({ edits: [[5, 5]], requests: [{ request: { id: '1', data: { to: 'ann' } } }] });

  await maintainInbox(pool, { ...options, now: new Date(Date.now() + 91 * 86_400_000) });
  expect(await kept()).toEqual({ edits: [[undefined, undefined]], requests: [{ request: { id: '1' } }] });
  expect(await shownEdits(pool, [edit])).toEqual(new Map([[edit, shown]]));
});
