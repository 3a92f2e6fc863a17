import type { PoolClient } from 'pg';
import { eventually } from '@waybill/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attachPartitions, dropPartitions, transaction } from '../../../src/index.ts';
import { type Database, database, expectAllPublished, publish, RecordingLog, relay } from './harness.ts';

let db: Database;
beforeEach(async () => {
  db = await database();
});
afterEach(() => db.drop());

const skipTo = (position: number) => db.pool.query(`SELECT setval('waybill.outbox_position', $1)`, [position]);

async function onOneConnection<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

describe('partitions', () => {
  it('are attached ahead of the position in use, and not twice', async () => {
    await skipTo(2_500_000);
    expect(await onOneConnection((client) => attachPartitions(client, { size: 500_000, ahead: 2 }))).toBe(2);
    expect(await onOneConnection((client) => attachPartitions(client, { size: 500_000, ahead: 2 }))).toBe(0);
    await skipTo(3_000_000);
    await transaction(db.pool, (tx) => publish(tx, 'in-a-new-partition'));
  });

  it('are dropped only when their rows are published, past retention and not held', async () => {
    const drop = () => onOneConnection((client) => dropPartitions(client, { retentionMs: 0, lockTimeoutMs: 200 }));
    await transaction(db.pool, (tx) => publish(tx, 'a'));
    await skipTo(1_500_000);
    expect(await drop()).toEqual([]);
    const log = new RecordingLog();
    const publisher = relay(db, log);
    await expectAllPublished(db, log);
    await publisher.stop();
    expect(await onOneConnection((client) => dropPartitions(client, {}))).toEqual([]);
    await db.pool.query(`INSERT INTO waybill.outbox_held VALUES ('event', '', 'orders.order', 'a', 1, 1, 1, 'c', 'm')`);
    expect(await drop()).toEqual([]);
    await db.pool.query('DELETE FROM waybill.outbox_held');
    // Whoever writes on this server, in whatever database, keeps the cursor's horizon down until a later poll.
    const again = relay(db, log);
    const dropped = await eventually(
      async () => {
        await transaction(db.pool, (tx) => publish(tx, 'b'));
        const names = await drop();
        return names.length > 0 ? names : undefined;
      },
      { what: 'the drop', everyMs: 100 },
    );
    await again.stop();
    expect(dropped).toEqual(['outbox_p1']);
  });

  it('give way to a writer that has the outbox open', async () => {
    await skipTo(1_500_000);
    const writer = await db.pool.connect();
    await writer.query('BEGIN');
    await publish(writer, 'open');
    const drop = () => onOneConnection((client) => dropPartitions(client, { retentionMs: 0, lockTimeoutMs: 100 }));
    expect(await drop()).toEqual([]);
    await writer.query('COMMIT');
    writer.release();
    const poll = () => db.pool.query('UPDATE waybill.relay_shard SET prev = pg_current_snapshot()');
    await eventually(async () => (await poll()) && (await drop()).length === 1, { what: 'the drop' });
  });
});
