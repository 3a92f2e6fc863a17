import { newEventId } from '@waybill/contracts';
import { OrderPlacedV2 } from '@waybill/schemas';
import { type TestDatabase, testEnvironment } from '@waybill/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepPartitions } from '../../src/adapters/event-index/keep-partitions.ts';
import { eventIndexMigration } from '../../src/adapters/event-index/migration.ts';
import { saveIndexed } from '../../src/adapters/event-index/save-indexed.ts';
import { find } from '../../src/adapters/event-index/searches.ts';
import type { EventToIndex } from '../../src/application/event-indexing.ts';

const dayMs = 86_400_000;
let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await (await testEnvironment()).createDatabase('event_index');
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await pool.query(eventIndexMigration.sql);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

function happened(time: Date, businessIds: readonly string[] = []): EventToIndex {
  const id = newEventId();
  return {
    event: {
      ...{ id, type: OrderPlacedV2.name, source: '/waybill/orders', time, dataSchema: '', tenant: '', trace: {} },
      ...{ aggregateType: 'orders.order', aggregateId: `order-${id}`, aggregateVersion: 1 },
      ...{ correlationId: `c-${id}`, causationId: undefined },
    },
    businessIds,
  };
}

async function tableOf(time: Date): Promise<string | undefined> {
  const { rows } = await pool.query('select tableoid::regclass::text as name from event_index where time = $1', [time]);
  return (rows[0] as { name: string } | undefined)?.name;
}

test('an event is written once, however often it comes', async () => {
  const event = happened(new Date());
  await saveIndexed(pool, OrderPlacedV2, [event, happened(new Date())]);
  await saveIndexed(pool, OrderPlacedV2, [event, event]);
  const { rows } = await pool.query('select 1 from event_index where event_id = $1', [event.event.id]);
  expect(rows).toHaveLength(1);
});

test('an id with any character in it is found as it is, and nothing else is', async () => {
  const odd = ['a"b', String.raw`back\slash`, '{brace}', 'comma,', 'NULL', " ' ", 'ünï'];
  const event = happened(new Date(), odd);
  await saveIndexed(pool, OrderPlacedV2, [event]);
  for (const id of odd)
    expect(await find(pool, id)).toEqual({ kinds: ['business-id'], correlationIds: [`c-${event.event.id}`] });
  expect(await find(pool, 'brace')).toEqual({ kinds: [], correlationIds: [] });
});

test('of many business transactions the newest twenty are found, by the time of their events', async () => {
  const start = Date.now() - 45 * dayMs;
  const events = Array.from({ length: 30 }, (_, index) =>
    happened(new Date(start + 1.5 * index * dayMs), ['customer-7']),
  );
  await saveIndexed(pool, OrderPlacedV2, events.toReversed());
  const { correlationIds } = await find(pool, 'customer-7');
  expect(correlationIds).toEqual(
    events
      .slice(-20)
      .toReversed()
      .map(({ event }) => event.correlationId),
  );
});

test('months to come get their tables, with what already waited for them; months past go with theirs', async () => {
  const now = new Date();
  const far = new Date(now.getTime() + 200 * dayMs);
  const long = new Date(now.getTime() - 50 * dayMs);
  await saveIndexed(pool, OrderPlacedV2, [happened(far), happened(long)]);
  expect([await tableOf(far), await tableOf(long)]).toEqual([
    'event_index_other',
    `event_index_${long.toISOString().slice(0, 7).replace('-', '')}`,
  ]);

  expect(await keepPartitions(pool, 90, now)).toEqual([]);
  expect(await tableOf(long)).toBeDefined();

  const later = new Date(now.getTime() + 170 * dayMs);
  const dropped = await keepPartitions(pool, 90, later);
  expect(dropped).toContain(`event_index_${long.toISOString().slice(0, 7).replace('-', '')}`);
  expect(await tableOf(long)).toBeUndefined();
  expect(await tableOf(far)).toBe(`event_index_${far.toISOString().slice(0, 7).replace('-', '')}`);
  expect(await keepPartitions(pool, 90, later)).toEqual([]);
});

test('what lies outside of all months goes by its time', async () => {
  const old = new Date('2001-02-03T04:05:06.789Z');
  await saveIndexed(pool, OrderPlacedV2, [happened(old)]);
  expect(await tableOf(old)).toBe('event_index_other');
  await keepPartitions(pool, 90, new Date());
  expect(await tableOf(old)).toBeUndefined();
});
