import { setTimeout as pause } from 'node:timers/promises';
import type { Relay } from '@waybill/messaging';
import { eventually } from '@waybill/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heldAggregates, postgresNotifier, rebaseOutbox, releaseHeld, transaction } from '../../../src/index.ts';
import { type Database, database, expectAllPublished, publish, publishMany, RecordingLog, relay } from './harness.ts';

let db: Database;
let log: RecordingLog;
let relays: Relay[];
beforeEach(async () => {
  db = await database();
  log = new RecordingLog();
  relays = [];
});
afterEach(async () => {
  await Promise.all(relays.map((each) => each.stop(1_000)));
  await db.drop();
});

function start(options: Parameters<typeof relay>[2] = {}): Relay {
  const started = relay(db, log, options);
  relays.push(started);
  return started;
}

/** Writers that pause inside their transactions, use savepoints, and give up now and then. */
async function writers(count: number, rounds: number, ids = 8): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, writer) => {
      for (let round = 0; round < rounds; round += 1) {
        await transaction(db.pool, async (tx) => {
          await publish(tx, `a-${(writer * 7 + round * 3) % ids}`);
          if (round % 3 === 0) {
            await tx.query('SAVEPOINT s');
            await publish(tx, `s-${writer}`);
            await tx.query(round % 2 === 0 ? 'ROLLBACK TO s' : 'RELEASE s');
          }
          if (writer % 4 === 0) await pause(Math.random() * 60);
          if (round % 10 === 9) throw new Error('given up');
        }).catch(() => undefined);
      }
    }),
  );
}

describe('the relay', () => {
  it.each([1, 3, 1_000])(
    'publishes all that late and concurrent writers commit, in order, in batches of %i',
    async (batchRows) => {
      start({ batchRows });
      await writers(12, 20);
      await expectAllPublished(db, log, 40_000);
    },
  );

  it('does not let a long transaction hold up the events of others, and publishes its own when it commits', async () => {
    start();
    const long = await db.pool.connect();
    await long.query('BEGIN');
    await publish(long, 'long');
    for (let n = 0; n < 20; n += 1) await transaction(db.pool, (tx) => publish(tx, 'short'));
    await eventually(() => log.records.length === 20, { what: 'the events of the others', deadlineMs: 5_000 });
    expect(log.firstArrivals().has('long')).toBe(false);
    await long.query('COMMIT');
    long.release();
    await expectAllPublished(db, log);
  });

  it('publishes what a prepared transaction wrote once that is committed', async (test) => {
    const { rows } = await db.pool.query(`SELECT current_setting('max_prepared_transactions')::int AS most`);
    test.skip(rows[0].most === 0, 'this server has max_prepared_transactions = 0');
    start();
    const client = await db.pool.connect();
    await client.query('BEGIN');
    await publish(client, 'prepared');
    await client.query(`PREPARE TRANSACTION 'waybill-${db.url.slice(-12)}'`);
    await transaction(db.pool, (tx) => publish(tx, 'other'));
    await eventually(() => log.records.length === 1, { what: 'the event of the other' });
    await client.query(`COMMIT PREPARED 'waybill-${db.url.slice(-12)}'`);
    client.release();
    await expectAllPublished(db, log);
  });

  it('goes on with a saved backlog after it was left in the middle, without a loss', async () => {
    await transaction(db.pool, (tx) =>
      publishMany(
        tx,
        Array.from({ length: 600 }, (_, n) => `b-${n % 40}`),
      ),
    );
    log.delayMs = 30;
    const first = start({ batchRows: 10 });
    await eventually(
      async () => (await db.pool.query('SELECT 1 FROM waybill.relay_shard WHERE position > 50')).rowCount,
      {
        what: 'a saved position inside the backlog',
      },
    );
    await first.stop(0);
    log.delayMs = 0;
    await transaction(db.pool, (tx) => publish(tx, 'b-1'));
    start({ batchRows: 10 });
    await expectAllPublished(db, log);
  });

  it('shares the shards fairly, and takes over from one that left without a word', async () => {
    const one = start({ leaseMs: 1_000 });
    const two = start({ leaseMs: 1_000 });
    await eventually(() => one.status().shards.length === 8 && two.status().shards.length === 8, {
      what: 'eight shards each',
    });
    const writing = writers(6, 30);
    await pause(50);
    await one.stop(0);
    await writing;
    await expectAllPublished(db, log, 30_000);
    await eventually(() => two.status().shards.length === 16, { what: 'all shards with the other' });
  });

  it('holds an aggregate from a rejected event on, lets others flow, and publishes it in order when released', async () => {
    log.answer = ({ key, headers }) =>
      key === 'bad' && headers['ce_aggregateversion'] === '2'
        ? { status: 'rejected', code: 'too-large', message: 'too large' }
        : { status: 'acknowledged' };
    start({ leaseMs: 1_000 });
    for (let n = 0; n < 4; n += 1) {
      await transaction(db.pool, (tx) => publishMany(tx, ['bad', 'good']));
      await eventually(() => log.firstArrivals().get('good')?.length === n + 1, { what: 'the good events' });
    }
    expect(log.firstArrivals().get('bad')).toEqual([1]);
    const held = await eventually(async () => (await heldAggregates(db.pool))[0], { what: 'the held aggregate' });
    expect(held).toMatchObject({ aggregateId: 'bad', fromVersion: 2, code: 'too-large' });
    log.answer = () => ({ status: 'acknowledged' });
    expect(await releaseHeld(db.pool, held)).toBe(true);
    await expectAllPublished(db, log);
    await eventually(async () => (await heldAggregates(db.pool)).length === 0, {
      what: 'the release, once it is saved',
    });
  });

  it('keeps what is held across a restart', async () => {
    log.answer = () => ({ status: 'rejected', code: 'too-large', message: 'too large' });
    const first = start();
    await transaction(db.pool, (tx) => publish(tx, 'bad'));
    await eventually(async () => (await heldAggregates(db.pool)).length === 1, { what: 'the held aggregate' });
    await first.stop();
    log.answer = () => ({ status: 'acknowledged' });
    const second = start();
    await transaction(db.pool, (tx) => publishMany(tx, ['bad', 'good']));
    await eventually(() => log.records.length === 1, { what: 'the good event' });
    expect(log.firstArrivals().has('bad')).toBe(false);
    expect(second.status().held).toBe(1);
  });

  it('waits for a broker that is away without spinning, and goes on by itself', async () => {
    let sends = 0;
    log.answer = () => {
      sends += 1;
      return { status: 'unavailable', code: 'no-broker', message: 'nobody there' };
    };
    const waiting = start();
    await transaction(db.pool, (tx) => publish(tx, 'a'));
    await eventually(() => waiting.status().trouble?.code === 'no-broker', { what: 'the trouble in the status' });
    const before = sends;
    await pause(2_000);
    expect(sends - before).toBeLessThan(30);
    log.answer = () => ({ status: 'acknowledged' });
    await expectAllPublished(db, log);
    await eventually(() => waiting.status().trouble === undefined, { what: 'no trouble' });
  });

  it('loads its cursors anew when its connections die, and loses nothing', async () => {
    start();
    const writing = writers(4, 40);
    for (let n = 0; n < 3; n += 1) {
      await pause(150);
      await db.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'waybill-relay' AND datname = current_database()`,
      );
    }
    await writing;
    await expectAllPublished(db, log, 30_000);
  });

  it('is woken from long rest by another process', async () => {
    const resting = start();
    await eventually(() => resting.status().shards.length === 16, { what: 'all shards' });
    await pause(1_500);
    await transaction(db.pool, (tx) => publish(tx, 'a'), { committed: postgresNotifier(db.pool).wake });
    await expectAllPublished(db, log, 2_000);
  });

  it('refuses a sequence that would give positions out of order', async () => {
    await db.pool.query('ALTER SEQUENCE waybill.outbox_position CACHE 20');
    const refusing = start();
    await eventually(() => refusing.status().trouble !== undefined, { what: 'the refusal' });
    expect(refusing.status().trouble?.code).toBe('relay.sequence-cache');
  });

  it('stops on another cluster, and publishes what was pending and what is new after a rebase', async () => {
    await transaction(db.pool, (tx) => publishMany(tx, ['old-1', 'old-2']));
    // As after a restore into a younger cluster: rows and cursors far ahead of its counter.
    await db.pool.query(`UPDATE waybill.outbox SET xid = '5000000000', cluster = 42`);
    await db.pool.query(`UPDATE waybill.relay_shard SET cluster = 42, prev = '4000000000:4000000000:'`);
    await transaction(db.pool, (tx) => publish(tx, 'new'));
    const stopped = start();
    await eventually(() => stopped.status().trouble?.code === 'relay.cluster-changed', { what: 'the refusal' });
    expect(log.records).toEqual([]);
    expect(await rebaseOutbox(db.pool)).toEqual({ pending: 3 });
    await expectAllPublished(db, log);
    expect(log.records).toHaveLength(3);
    await transaction(db.pool, (tx) => publish(tx, 'later'));
    await expectAllPublished(db, log);
    expect(log.records).toHaveLength(4);
  });
});
