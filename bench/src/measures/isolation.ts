import { prepareWaybill } from '../contestants/waybill/backlog.ts';
import type { Fault, Mended, PoisonTask } from '../contestants/waybill/poisoned-consumer.ts';
import type { Received, Written } from '../contestants/writer.ts';
import { launch } from '../process/launch.ts';
import { MachineWatch } from '../process/machine.ts';
import type { Stretch } from '../process/paced-writer.ts';
import { latenciesOf } from '../statistics/latencies.ts';
import { rotated } from '../statistics/spread.ts';
import { onDatabase, settle } from '../world/database.ts';
import { entityId } from '../world/event.ts';
import { ORDERED_PROJECTION, orderFlaw } from '../world/ordered-projection.ts';
import { effectsIn, projectionFlaw } from '../world/projection.ts';
import { plainPlace } from '../world/world.ts';
import type { Bench } from './measure.ts';
import { untilReached } from './until.ts';

const STALL_MS = 30_000;
/** Stretches are short, so that each of those that are compared meets the same machine; there are two for each round. */
const TURNS_PER_ROUND = 2;

/** One stretch of load: what is wrong with one of its entities. */
interface Variant {
  readonly name: string;
  readonly what: string;
  readonly fault: Fault | undefined;
}

const variants: readonly Variant[] = [
  { name: 'waybill', what: 'no fault', fault: undefined },
  {
    name: 'waybill, terminal',
    what: 'the handler throws a terminal error for one entity: its first event is dead, the others gather behind it',
    fault: 'terminal',
  },
  {
    name: 'waybill, retryable',
    what: 'the handler throws a retryable error for one entity: its first event is tried again and again, the others gather behind it',
    fault: 'retryable',
  },
];

interface Turn {
  readonly round: number;
  readonly variant: Variant;
  /** The number of the entity at which the handler fails; one is left out where nothing fails as well. */
  readonly entity: number;
  readonly written: Written;
  readonly mended: Mended | undefined;
  readonly otherCores: number;
  readonly flaw: string | undefined;
}

/**
 * What a fault at one entity does to the others: stretches of the same load without and with it, in turns, in the same
 * processes. After each the fault is mended, the event redriven, and the entity's order checked.
 */
export async function measureIsolation(bench: Bench): Promise<void> {
  const sizes = bench.sizes.isolation;
  for (const { name, what } of variants) bench.introduce({ name, role: 'ours', what });
  const rounds = bench.sizes.rounds * TURNS_PER_ROUND;
  await using place = await bench.world.place('isolation', sizes.entities);
  await prepareWaybill(place);
  await onDatabase(place.databaseUrl, (client) => client.query(ORDERED_PROJECTION));
  await settle(place.databaseUrl);
  const warmUp: Stretch = { perSecond: sizes.perSecond, seconds: sizes.warmUpSeconds };
  const stretch: Stretch = { perSecond: sizes.perSecond, seconds: sizes.seconds };
  const most = sizes.perSecond * (warmUp.seconds + rounds * variants.length * stretch.seconds);
  const settings = { place: plainPlace(place), events: most };
  const consumer = await launch({ kind: 'poisoned-consumer', name: 'waybill', settings });
  const writer = await launch({ kind: 'writer', name: 'waybill', settings });
  const ask = async (task: PoisonTask): Promise<unknown> => consumer.go(task);

  const turns: Turn[] = [];
  const flaw = await onDatabase(place.databaseUrl, async (client) => {
    const effects = () => Promise.race([effectsIn(client), consumer.failure, writer.failure]);
    const until = (goal: number) => untilReached(effects, goal, { stallMs: STALL_MS });
    await ask({ do: 'start' });
    let events = ((await writer.go(warmUp)) as Written).committed.length;
    if ((await until(events)) < events)
      throw new Error('The consumer does not keep up, or fails, before there is a fault.');
    for (let round = 0; round < rounds; round += 1) {
      for (const variant of rotated(variants, round)) {
        const { fault } = variant;
        const entity = turns.length % sizes.entities;
        const watch = new MachineWatch();
        if (fault !== undefined) await ask({ do: 'poison', entity: entityId(entity), by: fault });
        const written = (await writer.go(stretch)) as Written;
        const ofTheOne = countOf(written, entity, sizes.entities);
        await until(events + written.committed.length - (fault === undefined ? 0 : ofTheOne));
        const otherCores = watch.otherCores();
        const mended =
          fault === undefined ? undefined : ((await ask({ do: 'mend', entity: entityId(entity) })) as Mended);
        events += written.committed.length;
        const reached = await until(events);
        const flaws = [
          (await orderFlaw(client)) ?? '',
          reached === events ? '' : `${events - reached} without an effect`,
          mended === undefined || mended.waiting === ofTheOne ? '' : `${mended.waiting} waited, not ${ofTheOne}`,
        ].filter((text) => text !== '');
        turns.push({ round, variant, entity, written, mended, otherCores, flaw: joined(flaws) });
      }
    }
    return projectionFlaw(client, events);
  });
  const received = (await consumer.stop()) as Received;
  await writer.stop();
  for (const turn of turns)
    report(bench, turn, received, joined([turn.flaw, flaw].filter((text) => text !== undefined)));
}

function report(bench: Bench, turn: Turn, received: Received, runFlaw: string | undefined): void {
  const { round, variant, entity, written, mended, otherCores } = turn;
  const { entities, perSecond } = bench.sizes.isolation;
  // The one that fails is left out everywhere, so that the same number of events is compared.
  const { sinceDue, reached } = latenciesOf(written, received, (sequence) => sequence % entities !== entity);
  const missed = reached < perSecond * 0.97 ? [`reached ${reached.toFixed(0)}/s`] : [];
  const flaw = joined([...(runFlaw === undefined ? [] : [runFlaw]), ...missed]);
  const figure = (measure: string, value: number) =>
    bench.record({
      ...{ measure: `isolation ${measure}`, contestant: variant.name, role: 'ours', round, value, unit: 'ms' },
      ...(flaw === undefined ? {} : { flaw }),
    });
  figure('p50', sinceDue.p50);
  figure('p99', sinceDue.p99);
  figure('max', sinceDue.max);
  const one = mended === undefined ? '' : `; the one: ${mended.waiting} waited, ${mended.attempts} attempts`;
  bench.note(
    `isolation ${round + 1}  ${variant.name.padEnd(18)} the other ${entities - 1}: p50 ${sinceDue.p50.toFixed(2)} ms, p99 ${sinceDue.p99.toFixed(1)} ms, max ${sinceDue.max.toFixed(0)} ms${one}; other work ${otherCores.toFixed(2)} cores  ${flaw ?? ''}`.trimEnd(),
  );
}

function countOf({ from, committed }: Written, entity: number, entities: number): number {
  let count = 0;
  for (let index = 0; index < committed.length; index += 1) if ((from + index) % entities === entity) count += 1;
  return count;
}

function joined(flaws: readonly string[]): string | undefined {
  return flaws.length === 0 ? undefined : flaws.join('; ');
}
