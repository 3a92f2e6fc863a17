import type { Queryable } from '@waybill/messaging';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postgresOutbox, publishSnapshots, snapshotOf, transaction } from '../../../src/index.ts';
import { type Database, database, orderSnapshot, publish, schemaIds } from './harness.ts';

let db: Database;
beforeEach(async () => {
  db = await database();
  await db.pool.query('CREATE TABLE orders (id text PRIMARY KEY, n int NOT NULL)');
});
afterEach(() => db.drop());

const change = (id: string) =>
  transaction(db.pool, async (tx) => {
    await tx.query('INSERT INTO orders VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET n = orders.n + 1', [id]);
    await publish(tx, id);
  });

const source = {
  contract: orderSnapshot,
  async load(tx: Queryable, ids: readonly string[]) {
    const { rows } = await tx.query('SELECT id, n FROM orders WHERE id = ANY ($1)', [ids]);
    return new Map(rows.map((row) => [String(row['id']), { n: row['n'] }]));
  },
};
const writing = { schemaIds, source: '/waybill/orders' };
const look = () =>
  publishSnapshots({ pool: db.pool, store: postgresOutbox(), sources: [source], wake: () => undefined, ...writing });

const snapshots = async () =>
  (
    await db.pool.query<{
      id: string;
      version: number;
      body: Buffer;
    }>(`SELECT aggregateid AS id, aggregateversion::int AS version, substr(payload, 6) AS body
                           FROM waybill.outbox WHERE kind = 'snapshot' ORDER BY position`)
  ).rows.map((row) => [row.id, row.version, row.body.toString()]);

describe('the snapshotter', () => {
  it('publishes each changed aggregate once, at its present version, and takes none', async () => {
    await change('a');
    await change('a');
    await change('b');
    expect(await look()).toBe(2);
    expect((await snapshots()).toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
      ['a', 2, '{"n":2}'],
      ['b', 1, '{"n":1}'],
    ]);
    expect(await look()).toBe(0);
    await change('b');
    expect(await look()).toBe(1);
    expect((await snapshots()).at(-1)).toEqual(['b', 2, '{"n":2}']);
  });

  it('finds the change of a transaction that commits late', async () => {
    const late = await db.pool.connect();
    await late.query('BEGIN');
    await late.query(`INSERT INTO orders VALUES ('late', 1)`);
    await publish(late, 'late');
    await change('b');
    expect(await look()).toBe(1);
    await late.query('COMMIT');
    late.release();
    expect(await look()).toBe(1);
    expect((await snapshots()).at(-1)?.[0]).toBe('late');
  });

  it('does the work once when many look at the same time', async () => {
    await change('a');
    const counts = await Promise.all(Array.from({ length: 5 }, look));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});

describe('snapshotOf', () => {
  it('answers the record as it would be published, and nothing for an unknown entity', async () => {
    await change('a');
    const record = await snapshotOf(db.pool, source, { tenant: '', aggregateId: 'a' }, writing);
    expect(record).toMatchObject({
      topic: 'orders.order.snapshot',
      key: 'a',
      headers: { ce_aggregateversion: '1', ce_type: 'orders.v1.Order' },
    });
    expect(await snapshotOf(db.pool, source, { tenant: '', aggregateId: 'none' }, writing)).toBeUndefined();
    expect(await snapshots()).toEqual([]);
  });
});
