import type { EventId } from '@waybill/contracts';
import { type EventToPark, entityKeyText, type InboxStore } from '@waybill/messaging';
import { eventually, type TestDatabase, testEnvironment } from '@waybill/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { maintainInbox, migrate, postgresInbox } from '../../../src/index.ts';

let database: TestDatabase;
let pool: pg.Pool;
/** Two processes of one consumer. */
let one: InboxStore;
let other: InboxStore;

beforeEach(async () => {
  database = await (await testEnvironment()).createDatabase('inbox');
  pool = new pg.Pool({ connectionString: database.url, max: 10 });
  await migrate(pool, { mode: 'run' });
  one = postgresInbox(pool);
  other = postgresInbox(pool);
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const me = 'shop.orders';
const partition = { topic: 'shop.order', partition: 0 };
const key = { tenant: '', aggregateType: 'shop.order', aggregateId: 'order-1' };
const idOf = (n: number) => `0198aaaa-0000-7000-8000-${String(n).padStart(12, '0')}` as EventId;

function parked(version: number, changes: Partial<EventToPark> = {}): EventToPark {
  return {
    envelope: {
      ...key,
      id: idOf(version),
      type: 'shop.v1.OrderPlaced',
      source: '/shop',
      time: new Date(),
      dataSchema: 'urn:waybill:schema:shop.v1.OrderPlaced:',
      aggregateVersion: version,
      correlationId: 'c-1',
      causationId: undefined,
      trace: {},
    },
    record: { topic: 'shop.order', key: 'order-1', value: Buffer.from([1]), headers: { ce_id: 'x' } },
    origin: { ...partition, offset: BigInt(version) },
    reason: 'retry',
    dueInMs: 0,
    attempts: 1,
    failure: undefined,
    waitsFor: undefined,
    holdsEntity: true,
    ...changes,
  };
}

const park = async (...events: readonly EventToPark[]) => one.transaction(async (tx) => tx.park(me, events));

describe('a position', () => {
  test('belongs to the process that claimed it last; the one before commits nothing more', async () => {
    const [mine] = await one.claimPartitions(me, [partition]);
    const [theirs] = await other.claimPartitions(me, [partition]);
    if (mine === undefined || theirs === undefined) throw new Error('no claim');
    expect(await one.transaction(async (tx) => tx.advance(mine, 7n, 7))).toBe(false);
    expect(await other.transaction(async (tx) => tx.advance(theirs, 5n, 5))).toBe(true);
    const [again] = await one.claimPartitions(me, [partition]);
    expect(again?.nextOffset).toBe(5n);
  });

  test('never goes back', async () => {
    const [mine] = await one.claimPartitions(me, [partition]);
    if (mine === undefined) throw new Error('no claim');
    await one.startPartition(mine, 10n);
    await one.transaction(async (tx) => tx.advance(mine, 20n, 10));
    await one.transaction(async (tx) => tx.advance(mine, 15n, 1));
    expect((await one.claimPartitions(me, [partition]))[0]?.nextOffset).toBe(20n);
  });
});

describe('an entity', () => {
  test('is read as it is after the wait for its lock, with what was parked meanwhile', async () => {
    const released = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const first = one.transaction(async (tx) => {
      await tx.lockEntities(me, [key]);
      locked.resolve();
      await released.promise;
      await tx.saveEntities(me, [{ key, applied: 3, lastId: idOf(3), holes: [{ from: 1, to: 2 }] }]);
      await tx.park(me, [parked(5)]);
    });
    await locked.promise;
    const second = other.transaction(async (tx) => (await tx.lockEntities(me, [key])).get(entityKeyText(key)));
    await eventually(async () => (await pool.query(`SELECT 1 FROM pg_locks WHERE NOT granted`)).rows.length > 0, {
      what: 'the second process waiting for the lock',
    });
    released.resolve();
    await first;
    expect(await second).toEqual({
      applied: 3,
      lastId: idOf(3),
      holes: [{ from: 1, to: 2 }],
      queue: [{ version: 5, id: idOf(5) }],
    });
  });

  test('that others wait for is never missed between the look and the parking', async () => {
    const waiting = one.transaction(async (tx) => {
      const present = await tx.presentEntities('shop.contacts', [key]);
      if (!present.has(entityKeyText(key))) {
        await tx.park(me, [
          parked(1, { reason: 'dependency', dueInMs: 60_000, waitsFor: { projection: 'shop.contacts', key } }),
        ]);
      }
    });
    const providing = other.transaction(async (tx) => {
      await tx.lockEntities('shop.contacts', [key]);
      await tx.saveEntities('shop.contacts', [{ key, applied: 1, lastId: idOf(9), holes: [] }]);
      await tx.wakeWaiters('shop.contacts', [key]);
    });
    await Promise.all([waiting, providing]);
    // Whichever came first: either it was seen, and nothing is parked, or what is parked is due.
    const { rows } = await pool.query(`SELECT due_at <= now() AS due FROM waybill.parked`);
    expect(rows.filter((row: { due: boolean }) => !row.due)).toEqual([]);
  });
});

describe('a parked event', () => {
  test('is parked once, however often it is delivered', async () => {
    expect(await park(parked(1), parked(1))).toBe(1);
    expect(await park(parked(1))).toBe(0);
  });

  test('is claimed by one process at a time, and by the next when the claim has run out', async () => {
    await park(parked(1));
    expect(await one.claimDue(me, { limit: 10, claimMs: 60_000 })).toHaveLength(1);
    expect(await other.claimDue(me, { limit: 10, claimMs: 60_000 })).toEqual([]);
    await pool.query(`UPDATE waybill.parked SET claimed_until = now() - interval '1 second'`);
    expect(await other.claimDue(me, { limit: 10, claimMs: 60_000 })).toHaveLength(1);
    const [entry] = await other.transaction(async (tx) => tx.queueOf(me, key, 10));
    if (entry === undefined) throw new Error('nothing is parked');
    expect(await one.transaction(async (tx) => tx.updateParked(entry.id, { attempts: 9 }))).toBe(false);
  });

  test('that is the head of its queue and has no time of its own is made due, unless it is dead', async () => {
    const due = async () =>
      (
        await pool.query<{ version: string; due: boolean | null }>(
          'SELECT version, due_at <= now() AS due FROM waybill.parked ORDER BY version',
        )
      ).rows;
    await park(
      parked(2, { reason: 'behind', dueInMs: undefined }),
      parked(3, { reason: 'behind', dueInMs: undefined }),
    );
    await one.transaction(async (tx) => tx.keepHeadDue(me, key));
    expect(await due()).toEqual([
      { version: '2', due: true },
      { version: '3', due: null },
    ]);
    await park(parked(1, { reason: 'dead', dueInMs: undefined }));
    await one.transaction(async (tx) => tx.keepHeadDue(me, key));
    expect((await due())[0]).toEqual({ version: '1', due: null });
  });

  test('whose call was under way when its claim ran out is interrupted', async () => {
    await park(parked(1, { reason: 'external' }));
    const [entry] = await one.claimDue(me, { limit: 1, claimMs: 60_000 });
    if (entry === undefined) throw new Error('nothing is due');
    await one.transaction(async (tx) => tx.updateParked(entry.id, { call: 'calling', claimMs: 60_000 }));
    await pool.query(`UPDATE waybill.parked SET claimed_until = now() - interval '1 second'`);
    expect((await other.claimDue(me, { limit: 1, claimMs: 60_000 }))[0]?.call).toBe('interrupted');
  });

  test('of a stranger may hold what PostgreSQL’s text cannot', async () => {
    const record = { topic: 'shop.order', key: 'a\0b', value: null, headers: { 'x-any': 'nul \0 and \uD800 alone' } };
    expect(
      await park(parked(1, { envelope: undefined, record, reason: 'dead', dueInMs: undefined, holdsEntity: false })),
    ).toBe(1);
    expect((await one.counts(me)).dead).toBe(1);
  });
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
