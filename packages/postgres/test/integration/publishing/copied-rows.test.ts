import { createOutbox, deltaOf, fact, recordOf, rendition, type RelaySession } from '@waybill/messaging';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postgresOutbox, postgresRelayStore } from '../../../src/index.ts';
import { copyOut } from '../../../src/publishing/copy-query.ts';
import { contractOf, type Database, database, placed, schemaIds } from './harness.ts';

const shards = Array.from({ length: 16 }, (_, shard) => shard);
const BEGINNING = '1:1:';

let db: Database;
let session: RelaySession;

beforeAll(async () => {
  db = await database();
  const outbox = createOutbox({ store: postgresOutbox(), schemaIds, source: '/waybill/orders', wake: () => undefined });
  const older = contractOf('orders.v2.OrderPlaced', 'event', 'orders.order');
  await outbox.publishAll(db.pool, [
    fact(placed, { aggregateId: 'a', data: 'x'.repeat(300_000) }),
    fact(placed, { aggregateId: 'Bestellung ä 漢字', tenant: 'zürich', data: {} }),
    fact(placed, { aggregateId: 'a', data: '', renditions: [rendition(older, { other: true })] }),
    ...Array.from({ length: 500 }, (_, n) => fact(placed, { aggregateId: `many-${n}`, data: 'y'.repeat(n) })),
  ]);
  await db.pool
    .query(`UPDATE waybill.outbox SET traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate = 'a=b', baggage = 'correlation.id=c', causationid = 'cause', topic = 'elsewhere', kind = 'snapshot'
    WHERE aggregateid = 'many-7'`);
  session = await postgresRelayStore({ connectionString: db.url }).connect({
    notified: () => undefined,
    lost: () => undefined,
  });
}, 120_000);

afterAll(async () => {
  await session.close();
  await db.drop();
});

it('a chunk has the same rows as a poll, to the last header', async () => {
  const [polled] = await session.poll([{ delta: deltaOf({ prev: BEGINNING, backlog: undefined }), shards }], 1_000);
  if (!polled) throw new Error('the poll had no answer');
  const backlog = { target: polled.snapshot, position: 0 };
  const chunk = await session.chunk(deltaOf({ prev: BEGINNING, backlog }), shards, 1_000);

  expect(chunk).toHaveLength(504);
  for (const [index, row] of polled.rows.entries()) {
    const copied = chunk[index];
    if (!copied) throw new Error(`no row ${index}`);
    for (const name of Object.keys(row) as (keyof typeof row)[])
      expect([name, copied[name]]).toEqual([name, row[name]]);
    const { topic, key, value, headers } = recordOf(copied);
    expect({ topic, key, value, headers }).toEqual(recordOf(row));
  }
});

it('a row that cannot be read fails the chunk, not the process', async () => {
  const client = new Client({ connectionString: db.url });
  await client.connect();
  const unreadable = copyOut(client, 'SELECT generate_series(1, $1::int)', [10_000], () => {
    throw new Error('unreadable');
  });
  await expect(unreadable).rejects.toThrow('unreadable');
  const { rows } = await client.query('SELECT 1 AS one');
  expect(rows).toEqual([{ one: 1 }]);
  await client.end();
});

it('a chunk that fails leaves the session fit for the next', async () => {
  const [polled] = await session.poll([{ delta: deltaOf({ prev: BEGINNING, backlog: undefined }), shards }], 1_000);
  const delta = deltaOf({ prev: BEGINNING, backlog: { target: polled?.snapshot ?? '', position: 0 } });
  await expect(session.chunk(delta, shards, -1)).rejects.toThrow(/LIMIT must not be negative/);
  expect(await session.chunk(delta, shards, 3)).toHaveLength(3);
  expect(await session.chunk({ ...delta, position: 1e9 }, shards, 3)).toEqual([]);
});
