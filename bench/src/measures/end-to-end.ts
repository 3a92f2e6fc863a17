import type { Received, Written } from '../contestants/writer.ts';
import { prepareWaybill } from '../contestants/waybill/backlog.ts';
import { launch, type Tracing } from '../process/launch.ts';
import { MachineWatch } from '../process/machine.ts';
import type { Stretch } from '../process/paced-writer.ts';
import { latenciesOf } from '../statistics/latencies.ts';
import { onDatabase, settle } from '../world/database.ts';
import { effectsIn, PROJECTION, projectionFlaw } from '../world/projection.ts';
import { startTraceSink } from '../world/trace-sink.ts';
import { plainPlace } from '../world/world.ts';
import type { Bench } from './measure.ts';
import { untilReached } from './until.ts';

const PER_SECOND = 1_000;
const TRACED_SHARE = 0.1;
const STALL_MS = 15_000;

/** From the call of `publish` in one service to the effect that others can see in the database of another, both traced. */
export async function measureEndToEnd(bench: Bench): Promise<void> {
  for (let round = 0; round < bench.sizes.rounds; round += 1) await endToEnd(bench, round);
}

async function endToEnd(bench: Bench, round: number): Promise<void> {
  const { world, sizes } = bench;
  await using sink = await startTraceSink();
  await using producer = await world.place('producer', sizes.aggregates);
  await using own = await world.place('consumer', sizes.aggregates);
  await prepareWaybill(producer);
  await prepareWaybill(own);
  await onDatabase(own.databaseUrl, (client) => client.query(PROJECTION));
  await settle(producer.databaseUrl);
  await settle(own.databaseUrl);

  const tracing: Tracing = { endpoint: sink.endpoint, ratio: TRACED_SHARE };
  const warmUp: Stretch = { perSecond: PER_SECOND, seconds: sizes.latencyWarmUpSeconds };
  const stretch: Stretch = { perSecond: PER_SECOND, seconds: sizes.latencySeconds };
  const events = PER_SECOND * (warmUp.seconds + stretch.seconds);
  const consumerPlace = { ...plainPlace(own), topic: producer.topic };
  const consumer = await launch(
    { kind: 'watched-consumer', name: 'waybill', settings: { place: consumerPlace, events } },
    { tracing },
  );
  const writer = await launch(
    { kind: 'writer', name: 'waybill', settings: { place: plainPlace(producer), events } },
    { tracing },
  );
  await consumer.go();
  const [written, flaw, other] = await onDatabase(own.databaseUrl, async (client) => {
    const applied = () => Promise.race([effectsIn(client), consumer.failure, writer.failure]);
    const before = (await writer.go(warmUp)) as Written;
    await untilReached(applied, before.committed.length, { stallMs: STALL_MS });
    const watch = new MachineWatch();
    const last = (await writer.go(stretch)) as Written;
    const all = before.committed.length + last.committed.length;
    await untilReached(applied, all, { stallMs: STALL_MS });
    return [last, await projectionFlaw(client, all), watch.otherCores()] as const;
  });
  const received = (await consumer.stop()) as Received;
  await writer.stop();

  const { sinceDue, reached } = latenciesOf(written, received);
  const flaws = [flaw, reached < PER_SECOND * 0.97 ? `reached ${reached.toFixed(0)}/s` : undefined].filter(
    (text) => text !== undefined,
  );
  const figure = (measure: string, value: number, unit: string) =>
    bench.record({
      ...{ measure, contestant: 'waybill', role: 'ours', round, value, unit },
      ...(flaws.length === 0 ? {} : { flaw: flaws.join('; ') }),
    });
  figure('end to end p50', sinceDue.p50, 'ms');
  figure('end to end p99', sinceDue.p99, 'ms');
  figure('end to end max', sinceDue.max, 'ms');
  bench.note(
    `end to end ${round + 1}  p50 ${sinceDue.p50.toFixed(1)} ms, p99 ${sinceDue.p99.toFixed(1)} ms, max ${sinceDue.max.toFixed(0)} ms; other work ${other.toFixed(2)} cores ${flaws.join('; ')}`,
  );
}
