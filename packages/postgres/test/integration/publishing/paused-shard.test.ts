import { randomUUID } from 'node:crypto';
import { shardOf, slotOf, type Relay } from '@waybill/messaging';
import { eventually } from '@waybill/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { beginPause, endPause, transaction, wakeRelays } from '../../../src/index.ts';
import { type Database, database, expectAllPublished, publishMany, RecordingLog, relay } from './harness.ts';

const ids = Array.from({ length: 200 }, (_, n) => `a-${n}`);
const pausedShard = shardOf(slotOf(ids[0] ?? ''));
const isPaused = (id: string) => shardOf(slotOf(id)) === pausedShard;

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

const start = (): Relay => {
  // A long lease, so that only what is told at once is noticed in time.
  const started = relay(db, log, { leaseMs: 60_000 });
  relays.push(started);
  return started;
};
const publish = async () => transaction(db.pool, (tx) => publishMany(tx, ids));
const leased = () => relays.flatMap((each) => each.status().shards).length;
const published = (which: (id: string) => boolean) => log.records.filter(({ key }) => which(key)).length;

async function pause(): Promise<string> {
  return transaction(db.pool, async (tx) => {
    await wakeRelays(tx);
    const pausing = {
      scope: 'relay',
      mode: 'stop',
      reason: 'its topic is repaired',
      actor: 'oskar',
      minutes: 5,
    } as const;
    return beginPause(tx, { ...pausing, id: randomUUID(), name: String(pausedShard) });
  });
}

it('of a paused shard nothing is published by any relay, through restarts and moves of leases, and all of the others is', async () => {
  start();
  const first = start();
  await eventually(() => leased() === 16, { what: 'both relays have their shards', deadlineMs: 10_000 });
  await publish();
  await eventually(() => log.records.length === ids.length, { what: 'everything is published', deadlineMs: 10_000 });

  const id = await pause();
  await eventually(() => leased() === 15, { what: 'the shard is given up', deadlineMs: 5_000 });
  await publish();
  const others = ids.filter((each) => !isPaused(each)).length;
  const all = async (rounds: number) =>
    eventually(() => published((key) => !isPaused(key)) >= rounds * others, {
      what: `round ${rounds} of the other shards`,
      deadlineMs: 10_000,
    });
  await all(2);
  await first.stop();
  start();
  await eventually(() => leased() === 15, { what: 'what it had is taken over', deadlineMs: 10_000 });
  await publish();
  await all(3);
  expect(published(isPaused)).toBe(ids.length - others);

  await transaction(db.pool, async (tx) => {
    await wakeRelays(tx);
    await endPause(tx, id, 'oskar');
  });
  await expectAllPublished(db, log);
  expect(leased()).toBe(16);
});

it('a shard that is paused is not claimed by a relay that starts, nor by one that asks for it', async () => {
  await pause();
  start();
  await eventually(() => leased() === 15, { what: 'the other shards are taken', deadlineMs: 10_000 });
  const { rows } = await db.pool.query<{ shard: number }>('SELECT shard FROM waybill.relay_shard WHERE owner IS NULL');
  expect(rows).toEqual([{ shard: pausedShard }]);
});
