import { defineContract, type Event, newEventId } from '@waybill/contracts';
import { consumer, type Handler, type Logger, observeHandler, on, systemClock } from '@waybill/messaging';
import { type TestDatabase, testEnvironment } from '@waybill/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { inShadow, isShadowTrouble, migrate } from '../../../src/index.ts';

interface Sent {
  readonly to: string;
}
const sent = defineContract<Sent, 'mail.v1.MailSent'>({
  ...{ name: 'mail.v1.MailSent', kind: 'event', aggregateType: 'mail.mail', topic: 'mail.mail', personal: [] },
  schema: JSON.stringify({
    ...{ type: 'record', name: 'MailSent', namespace: 'mail.v1', fields: [{ name: 'to', type: 'string' }] },
    ...{ 'waybill.kind': 'event', 'waybill.aggregate': 'mail.mail' },
  }),
});
const silent: Logger = {
  ...{ trace: () => undefined, debug: () => undefined, info: () => undefined },
  ...{ warn: () => undefined, error: () => undefined, child: () => silent },
};

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await (await testEnvironment()).createDatabase('shadow');
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await migrate(pool, { mode: 'run' });
  await pool.query(`
    CREATE TABLE mail (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, address text NOT NULL, batch int);
    CREATE TABLE mail_log (id int);
    CREATE TABLE mail_batch (id int PRIMARY KEY);
    ALTER TABLE mail ADD FOREIGN KEY (batch) REFERENCES mail_batch DEFERRABLE INITIALLY DEFERRED;
    CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO mail_log VALUES (new.id); RETURN new; END $$;
    CREATE TRIGGER noted AFTER INSERT ON mail FOR EACH ROW EXECUTE FUNCTION noted()`);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(
  async () => void (await pool.query(`INSERT INTO mail (address) VALUES ('bob@example.org'), ('eve@example.org')`)),
);
afterEach(async () => void (await pool.query('TRUNCATE mail, mail_log, mail_batch')));

/** What a handler does in a shadow, and what a second one that does nothing does after it. */
async function shadowOf(handle: Handler<Sent>) {
  const idle = on(sent, () => undefined);
  const entry = on(sent, handle);
  const definition = consumer({ name: 'mail.shadowed', kind: 'reaction', from: 'beginning', handlers: [entry] });
  const options = {
    ...{ definition, log: silent, clock: systemClock, stopping: new AbortController().signal },
    isTrouble: isShadowTrouble,
  };
  const id = newEventId();
  const event: Event<Sent> = {
    ...{ id, type: sent.name, source: '/test', specVersion: '1.0', tenant: '', aggregateType: 'mail.mail' },
    ...{ aggregateId: 'mail-1', aggregateVersion: 1, partitionKey: 'mail-1', correlationId: id, time: new Date() },
    ...{ causationId: undefined, dataSchema: undefined, renditions: undefined, trace: {} },
    data: { to: 'ann@example.org' },
  } as unknown as Event<Sent>;
  return inShadow(pool, { lockMs: 100, statementMs: 2_000 }, async (transaction) => [
    await observeHandler(options, transaction, entry, event as Event<never>),
    await observeHandler(options, transaction, idle, event as Event<never>),
  ]);
}

test('rows are counted by table for each handler alone, its triggers’ too, and are gone', async () => {
  const [seen, after] = await shadowOf(async ({ data }, { tx }) => {
    await tx.query('INSERT INTO mail (address) VALUES ($1)', [data.to]);
    await tx.query(`UPDATE mail SET address = 'nobody' WHERE address LIKE 'bob%'`);
    await tx.query(`DELETE FROM mail WHERE address LIKE 'eve%'`);
  });
  expect(Object.fromEntries(seen?.rows ?? [])).toEqual({
    'public.mail': { inserted: 1, updated: 1, deleted: 1 },
    'public.mail_log': { inserted: 1, updated: 0, deleted: 0 },
  });
  expect(after?.rows).toEqual(new Map());
  expect((await pool.query(`SELECT address FROM mail ORDER BY 1`)).rows).toEqual([
    { address: 'bob@example.org' },
    { address: 'eve@example.org' },
  ]);
});

test('an event is checked and versioned, and neither written nor does it lock its aggregate', async () => {
  const versions: number[] = [];
  const [seen] = await shadowOf(async ({ data }, { publish }) => {
    for (const to of [data.to, 'bob@example.org'])
      versions.push((await publish(sent, { aggregateId: 'mail-2', data: { to } })).version);
    // Nobody else would wait for it.
    await pool.query(
      `INSERT INTO waybill.stream (tenant, aggregate_type, aggregate_id, version) VALUES ('', 'mail.mail', 'mail-2', 1)`,
    );
  });
  expect(versions).toEqual([1, 2]);
  expect(seen).toMatchObject({ ending: { ended: 'returned' }, published: [{ aggregateId: 'mail-2' }, {}] });
  expect((await pool.query('SELECT 1 FROM waybill.outbox')).rows).toEqual([]);
  const [wrong] = await shadowOf(async (_, { publish }) => {
    await publish(sent, { aggregateId: 'mail-2', data: { to: 5 } as unknown as Sent });
  });
  expect(wrong?.ending).toMatchObject({ ended: 'threw', type: 'EncodingError' });
});

test('what only a commit would check is checked', async () => {
  const [seen] = await shadowOf(async (_, { tx }) => {
    await tx.query(`INSERT INTO mail (address, batch) VALUES ('ann@example.org', 7)`);
  });
  expect(seen?.ending).toEqual({ ended: 'threw', type: 'error', code: '23503' });
});

test('a handler cannot end the transaction, and keeps no lock of its session', async () => {
  const [seen] = await shadowOf(async (_, { tx }) => {
    await tx.query(`INSERT INTO mail (address) VALUES ('stays')`);
    await tx.query('SELECT pg_advisory_lock(4711)');
    await tx.query('  commit');
  });
  expect(seen?.ending).toEqual({ ended: 'threw', type: 'WaybillError', code: 'shadow.ends-transaction' });
  expect((await pool.query(`SELECT 1 FROM mail WHERE address = 'stays'`)).rows).toEqual([]);
  expect((await pool.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711`)).rows).toEqual([]);
});

test('a lock that somebody holds is no outcome of the handler, and is not waited for', async () => {
  const holder = await pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE mail IN ACCESS EXCLUSIVE MODE');
    await expect(shadowOf(async (_, { tx }) => void (await tx.query('SELECT 1 FROM mail')))).rejects.toMatchObject({
      code: '55P03',
    });
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
});
