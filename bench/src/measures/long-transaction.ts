import { setTimeout as delay } from 'node:timers/promises';
import type { Received, Written } from '../contestants/writer.ts';
import { prepareWaybill } from '../contestants/waybill/backlog.ts';
import { launch } from '../process/launch.ts';
import type { Stretch } from '../process/paced-writer.ts';
import { latenciesOf } from '../statistics/latencies.ts';
import { spreadOf } from '../statistics/spread.ts';
import { auditTopic } from '../world/audit.ts';
import { onDatabase, settle } from '../world/database.ts';
import { plainPlace } from '../world/world.ts';
import { type Bench, flawOf } from './measure.ts';
import { untilReached } from './until.ts';

const PER_SECOND = 500;
const STALL_MS = 15_000;

/** What a writing transaction that stays open does to everybody else's events, and to a hot aggregate. */
export async function measureLongTransaction(bench: Bench): Promise<void> {
  for (let round = 0; round < Math.min(2, bench.sizes.rounds); round += 1) {
    await others(bench, round);
    await hotAggregate(bench, round);
  }
}

async function others(bench: Bench, round: number): Promise<void> {
  const { world, sizes } = bench;
  await using place = await world.place('long', sizes.aggregates);
  await prepareWaybill(place);
  await settle(place.databaseUrl);
  const before: Stretch = { perSecond: PER_SECOND, seconds: sizes.latencySeconds };
  const during: Stretch = { perSecond: PER_SECOND, seconds: sizes.longTransactionSeconds };
  const warmUp: Stretch = { perSecond: PER_SECOND, seconds: sizes.latencyWarmUpSeconds };
  const most = PER_SECOND * (before.seconds + during.seconds + warmUp.seconds);
  const settings = { place: plainPlace(place), events: most };
  const receiver = await launch({ kind: 'receiver', name: 'receiver', settings });
  const writer = await launch({ kind: 'writer', name: 'waybill', settings });
  const length = () => Promise.race([world.broker.length(place.topic), writer.failure, receiver.failure]);
  await receiver.go();
  let events = 0;
  const write = async (stretch: Stretch): Promise<Written> => {
    const written = (await writer.go(stretch)) as Written;
    events += written.committed.length;
    await untilReached(length, events, { stallMs: STALL_MS });
    return written;
  };
  await write(warmUp);
  const undisturbed = await write(before);
  const disturbed = await whileWriting(place.databaseUrl, () => write(during));
  const received = (await receiver.stop()) as Received;
  await writer.stop();
  const flaw = flawOf(
    await auditTopic(place.brokers, place.topic, { records: await world.broker.length(place.topic), expected: events }),
  );
  for (const [contestant, written] of [
    ['waybill', undisturbed],
    ['waybill, long transaction', disturbed],
  ] as const) {
    const { p50, p99, max } = latenciesOf(written, received).sinceCommit;
    const figure = (measure: string, value: number) =>
      bench.record({
        ...{ measure, contestant, role: 'ours', round, value, unit: 'ms' },
        ...(flaw === undefined ? {} : { flaw }),
      });
    figure('long transaction p50', p50);
    figure('long transaction p99', p99);
    figure('long transaction max', max);
    bench.note(
      `long transaction ${round + 1}  ${contestant.padEnd(26)} p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms`,
    );
  }
}

/** A single aggregate's rate at the beginning and at the end of the time that the transaction is open. */
async function hotAggregate(bench: Bench, round: number): Promise<void> {
  const { world, sizes } = bench;
  await using place = await world.place('long-hot', 1);
  await prepareWaybill(place);
  await settle(place.databaseUrl);
  const writer = await launch({
    kind: 'hot-enqueuer',
    name: 'waybill',
    settings: { place: plainPlace(place), events: 0 },
  });
  const rates = async (warmUpSeconds: number, seconds: number) =>
    (await writer.go({ warmUpSeconds, seconds })) as readonly number[];
  const free = spreadOf(await rates(sizes.latencyWarmUpSeconds, sizes.latencyWarmUpSeconds)).median;
  const held = await whileWriting(place.databaseUrl, () => rates(0, sizes.longTransactionSeconds));
  await writer.stop();
  const tail = spreadOf(held.slice(-3)).median;
  const figure = (contestant: string, value: number) =>
    bench.record({ measure: 'hot aggregate', contestant, role: 'ours', round, value, unit: 'tx/s' });
  figure('waybill', free);
  figure('waybill, long transaction', tail);
  bench.note(
    `hot aggregate ${round + 1}  ${free.toFixed(0)} tx/s; ${tail.toFixed(0)} tx/s at the end of ${sizes.longTransactionSeconds} s of a long transaction`,
  );
}

/** Does the work while another transaction that has written is open. */
async function whileWriting<T>(databaseUrl: string, work: () => Promise<T>): Promise<T> {
  return onDatabase(databaseUrl, async (client) => {
    await client.query('CREATE TABLE long_transaction (n int)');
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await client.query('INSERT INTO long_transaction VALUES (1)');
    await delay(100);
    try {
      return await work();
    } finally {
      await client.query('COMMIT');
    }
  });
}
