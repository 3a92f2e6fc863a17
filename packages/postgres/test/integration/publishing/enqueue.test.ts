import { fact, rendition, UnsafeCommitError, VersionConflictError } from '@waybill/messaging';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchEvents, publishingPool, transaction } from '../../../src/index.ts';
import { contractOf, type Database, database, outbox, placed, publish, publishMany } from './harness.ts';

let db: Database;
beforeAll(async () => {
  db = await database();
});
afterAll(() => db.drop());

const versionsOf = async (id: string): Promise<number[]> =>
  (
    await db.pool.query('SELECT aggregateversion FROM waybill.outbox WHERE aggregateid = $1 ORDER BY position', [id])
  ).rows.map((row) => Number(row.aggregateversion));

describe('publish', () => {
  it('numbers the events of one call in order, and gives renditions one version and id', async () => {
    const v2 = contractOf('orders.v2.OrderPlaced', 'event', 'orders.order');
    const published = await transaction(db.pool, (tx) =>
      outbox.publishAll(tx, [
        fact(v2, { aggregateId: 'z', data: {}, renditions: [rendition(placed, {})] }),
        fact(placed, { aggregateId: 'y', data: {} }),
        fact(placed, { aggregateId: 'z', data: {} }),
      ]),
    );
    expect(published.map(({ version }) => version)).toEqual([1, 1, 2]);
    const events = await fetchEvents(db.pool, {
      aggregateType: 'orders.order',
      aggregateId: 'z',
      tenant: '',
      fromVersion: 1,
      toVersion: 9,
    });
    expect(events.map(({ headers }) => [headers['ce_type'], headers['ce_aggregateversion']])).toEqual([
      ['orders.v2.OrderPlaced', '1'],
      ['orders.v1.OrderPlaced', '1'],
      ['orders.v1.OrderPlaced', '2'],
    ]);
    expect(events[0]?.headers['ce_id']).toBe(events[1]?.headers['ce_id']);
  });

  it('writes through a Kysely transaction', async () => {
    const kysely = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool: db.pool }) });
    const published = await kysely
      .transaction()
      .execute((tx) => outbox.publish(tx, placed, { aggregateId: 'kysely', data: {} }));
    expect(published.version).toBe(1);
    expect(await versionsOf('kysely')).toEqual([1]);
  });

  it('refuses a transaction that a crash could take back', async () => {
    const unsafe = transaction(db.pool, async (tx) => {
      await tx.query('SET LOCAL synchronous_commit = off');
      await publish(tx, 'unsafe');
    });
    await expect(unsafe).rejects.toThrow(UnsafeCommitError);
    expect(await versionsOf('unsafe')).toEqual([]);
  });

  it('refuses the same of several events in one call', async () => {
    const several = [
      { aggregateId: 'several-1', data: {} },
      { aggregateId: 'several-2', data: {}, expectedVersion: 2 },
    ];
    const publishSeveral = (expected: typeof several, commit = 'on') =>
      transaction(db.pool, async (tx) => {
        await tx.query(`SET LOCAL synchronous_commit = ${commit}`);
        await outbox.publishAll(
          tx,
          expected.map((event) => fact(placed, event)),
        );
      });
    await expect(publishSeveral(several)).rejects.toThrow(VersionConflictError);
    await expect(publishSeveral(several.slice(0, 1).concat(several), 'off')).rejects.toThrow(UnsafeCommitError);
    expect(await versionsOf('several-1')).toEqual([]);
  });

  it('says in each row which cluster wrote it, however its transaction before ended', async () => {
    const client = await db.pool.connect();
    try {
      await client.query('BEGIN');
      await publish(client, 'cluster');
      await client.query('ROLLBACK');
      await publish(client, 'cluster');
      await publish(client, 'cluster');
      await publishMany(client, ['cluster', 'cluster-2']);
    } finally {
      client.release();
    }
    const { rows } = await db.pool.query(
      `SELECT DISTINCT cluster = waybill.cluster_id() AND cluster > 0 AS right FROM waybill.outbox WHERE aggregateid LIKE 'cluster%'`,
    );
    expect(rows).toEqual([{ right: true }]);
  });

  it('keeps in the row the key that the relay sends, so that change data capture sends the same', async () => {
    const ids = [
      { aggregateId: 'keyed', tenant: '' },
      { aggregateId: 'keyed', tenant: 'acme' },
    ];
    await transaction(db.pool, async (tx) => {
      for (const id of ids) await outbox.publish(tx, placed, { ...id, data: {} });
    });
    const { rows } = await db.pool.query(
      `SELECT partitionkey FROM waybill.outbox WHERE aggregateid = 'keyed' ORDER BY position`,
    );
    const records = ids.map((id) =>
      fetchEvents(db.pool, { ...id, aggregateType: 'orders.order', fromVersion: 1, toVersion: 1 }),
    );
    const keys = (await Promise.all(records)).flat().map(({ key }) => key);
    expect(rows.map((row): unknown => row.partitionkey)).toEqual(keys);
    expect(keys).toEqual(['keyed', 'acme/keyed']);
  });

  it('prepares its statement on connections of a publishing pool, and no other', async () => {
    const pool = new Pool({ connectionString: db.url, max: 1 });
    const lending = publishingPool(pool);
    for (let turn = 0; turn < 4; turn += 1) {
      await transaction(lending, async (tx) => {
        await tx.query('SELECT $1::int AS turn', [turn]);
        await publish(tx, 'prepared');
      });
    }
    const { rows } = await pool.query('SELECT statement FROM pg_prepared_statements');
    expect(rows.map((row) => String(row.statement))).toEqual([expect.stringContaining('SELECT waybill.enqueue(')]);
    expect(await versionsOf('prepared')).toEqual([1, 2, 3, 4]);
    await pool.end();
  });

  it.each([
    ['an xid written by a client', `pg_current_xact_id()::text::bigint + 1`, 'event', 'xid is set by the server alone'],
    ['a kind that the relay does not know', `pg_current_xact_id()::text`, 'evnt', 'kind is "evnt"'],
  ])('refuses %s', async (_what, xid, kind, problem) => {
    const sql = `INSERT INTO waybill.outbox (xid, slot, kind, id, major, aggregatetype, aggregateid, aggregateversion, partitionkey,
                   type, topic, payload, source, time, dataschema, contenttype, correlationid)
                 VALUES ((${xid})::text::xid8, 1, $1, gen_random_uuid(), 1, 'a', 'b', 1, 'b', 't', 't', '', 's', 't', 'd', 'c', 'c')`;
    await expect(db.pool.query(sql, [kind])).rejects.toThrow(problem);
  });
});
