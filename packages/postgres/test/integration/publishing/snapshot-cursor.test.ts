import { BEGINNING, deltaOf, type RelaySession } from '@waybill/messaging';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postgresRelayStore, transaction } from '../../../src/index.ts';
import { type Database, database, publish } from './harness.ts';

/** What of a cursor that is a snapshot is PostgreSQL's own, and no part of what every relay's store must do. */
let db: Database;
let session: RelaySession;
const connect = () =>
  postgresRelayStore({ connectionString: db.url }).connect({ notified: () => undefined, lost: () => undefined });

beforeEach(async () => {
  db = await database();
  session = await connect();
});
afterEach(async () => {
  await session.close();
  await db.drop();
});

const shards = Array.from({ length: 16 }, (_, shard) => shard);

async function poll(prev: string) {
  const [answer] = await session.poll([{ delta: deltaOf({ prev, backlog: undefined }), shards }], 1_000);
  if (answer === undefined) throw new Error('no answer');
  return { snapshot: answer.snapshot, ids: answer.rows.map(({ aggregateId }) => aggregateId) };
}

describe('a transaction with many parts', () => {
  it('has one id for the rows of all its savepoints, however many there are, and for none that was undone', async () => {
    const client = await db.pool.connect();
    await client.query('BEGIN');
    // More than the 64 that a snapshot lists one by one.
    for (let n = 0; n < 80; n += 1) {
      await client.query('SAVEPOINT s');
      await publish(client, `part-${n}`);
      await client.query(n % 2 === 0 ? 'RELEASE s' : 'ROLLBACK TO s');
    }
    await transaction(db.pool, (tx) => publish(tx, 'other'));
    const during = await poll(BEGINNING);
    expect(during.ids).toEqual(['other']);
    await client.query('COMMIT');
    client.release();
    const after = await poll(during.snapshot);
    expect(after.ids).toEqual(Array.from({ length: 40 }, (_, n) => `part-${2 * n}`));
    expect((await poll(after.snapshot)).ids).toEqual([]);
  });

  it('has the same id in a block that catches errors', async () => {
    await db.pool.query(`
      CREATE FUNCTION write_and_fail(shard_slot int) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        BEGIN
          INSERT INTO waybill.outbox (slot, kind, id, major, aggregatetype, aggregateid, aggregateversion, partitionkey, type,
            topic, payload, source, time, dataschema, contenttype, correlationid)
          VALUES (shard_slot, 'event', gen_random_uuid(), 1, 'a.b', 'undone', 1, 'undone', 't', 't', '', 's', 't', 'd', 'c', 'c');
          RAISE EXCEPTION 'undo';
        EXCEPTION WHEN raise_exception THEN
          INSERT INTO waybill.outbox (slot, kind, id, major, aggregatetype, aggregateid, aggregateversion, partitionkey, type,
            topic, payload, source, time, dataschema, contenttype, correlationid)
          VALUES (shard_slot, 'event', gen_random_uuid(), 1, 'a.b', 'caught', 1, 'caught', 't', 't', '', 's', 't', 'd', 'c', 'c');
        END;
      END $$`);
    const client = await db.pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT write_and_fail(1)');
    await transaction(db.pool, (tx) => publish(tx, 'other'));
    const during = await poll(BEGINNING);
    expect(during.ids).toEqual(['other']);
    await client.query('COMMIT');
    client.release();
    expect((await poll(during.snapshot)).ids).toEqual(['caught']);
  });
});

describe('a row that waits', () => {
  it('is found after its table was frozen', async () => {
    const { snapshot } = await poll(BEGINNING);
    await transaction(db.pool, (tx) => publish(tx, 'pending'));
    await db.pool.query('VACUUM (FREEZE) waybill.outbox');
    expect((await poll(snapshot)).ids).toEqual(['pending']);
  });
});

describe('a row of another cluster', () => {
  it('is refused at the connect, also when the cursors are this cluster’s own', async () => {
    await transaction(db.pool, (tx) => publish(tx, 'foreign'));
    await db.pool.query(`UPDATE waybill.outbox SET xid = '5000000000'`);
    await expect(connect()).rejects.toMatchObject({ code: 'relay.cluster-changed' });
  });
});
