import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumeContestant } from '../contestants/contestant.ts';
import { consumers } from '../contestants/programs.ts';
import { tunedProduce } from '../contestants/kafkajs-produce.ts';
import { type LaunchedProgram, launch } from '../process/launch.ts';
import { MachineWatch } from '../process/machine.ts';
import type { Client } from 'pg';
import { rotated } from '../statistics/spread.ts';
import { onDatabase, settle } from '../world/database.ts';
import type { Place } from '../world/place.ts';
import { effectsIn, projectionFlaw } from '../world/projection.ts';
import { type OwnPlace, plainPlace } from '../world/world.ts';
import { type Bench, participants } from './measure.ts';
import { reportRun, type RunNote } from './run-note.ts';

const STALL_MS = 30_000;
const EVERY_MS = 40;
/** Those that take a transaction for each message get a shorter topic. */
const slow: ReadonlySet<string> = new Set(['by-hand-1']);

/** How fast each contestant applies a topic to a projection: decode, deduplicate, one UPSERT for each event. */
export async function measureConsume(bench: Bench): Promise<void> {
  const { world, sizes } = bench;
  const contestants = await participants(bench, consumers);
  await using full = await filledTopic(bench, sizes.events);
  await using short = await filledTopic(bench, sizes.slowEvents);
  for (let round = 0; round < sizes.rounds; round += 1) {
    for (const contestant of rotated(contestants, round)) {
      const [topic, records] = slow.has(contestant.name) ? [short.topic, sizes.slowEvents] : [full.topic, sizes.events];
      await using own = await world.place(contestant.name, sizes.aggregates);
      const place = { ...plainPlace(own), topic };
      await consume(bench, contestant, { measure: 'consume', round, place, records });
    }
  }
}

/** A place whose topic holds `records` events. */
export async function filledTopic(bench: Bench, records: number): Promise<OwnPlace> {
  const place = await bench.world.place('consume', bench.sizes.aggregates);
  await fillTopic(place, records);
  return place;
}

/** Puts `records` events into the place's topic. */
export async function fillTopic(place: Place, records: number): Promise<void> {
  const program = await launch({
    kind: 'relay',
    name: tunedProduce.name,
    settings: { place: plainPlace(place), events: records },
  });
  await program.go();
  await program.stop();
}

export interface ConsumeRun extends RunNote {
  /** A database of its own, and the topic to read. */
  readonly place: Place;
  readonly records: number;
}

/** Times how long a consumer takes to apply a topic. */
export async function consume(bench: Bench, contestant: ConsumeContestant, run: ConsumeRun): Promise<void> {
  const { place, records } = run;
  await contestant.prepare(place);
  await settle(place.databaseUrl);
  await consumePrepared(bench, contestant, run, {
    seen: effectsIn,
    flaw: (client) => projectionFlaw(client, records),
  });
}

/** How it is seen from outside what a consumer has done. */
export interface EffectView {
  /** A number that grows by one with each event applied, from 0. */
  seen(client: Client): Promise<number>;
  /** What is wrong at the end. */
  flaw(client: Client): Promise<string | undefined>;
}

/** Times how long a consumer takes to apply a topic to tables that are there. */
export async function consumePrepared(
  bench: Bench,
  contestant: ConsumeContestant,
  run: ConsumeRun,
  view: EffectView,
): Promise<void> {
  const { place, records } = run;
  const watch = new MachineWatch();
  const program = await launch(
    { kind: 'consumer', name: contestant.name, settings: { place, events: records } },
    { tracing: run.tracing },
  );
  const before = program.usage();
  const went = program.go();
  const { rate, flaw } =
    contestant.effects === 'projection'
      ? await watchEffects(place, records, program, view)
      : { rate: Number(await went), flaw: undefined };
  const after = program.usage();
  const other = watch.otherCores();
  await program.stop();

  reportRun(bench, contestant, run, {
    rate,
    cpuSeconds: ((after.cpuSeconds - before.cpuSeconds) / records) * 100_000,
    memoryMb: after.peakRssMb,
    otherCores: other,
    flaw,
  });
}

/** From the first effects that are seen to the last, so that joining the group does not count. */
async function watchEffects(place: Place, records: number, program: LaunchedProgram, view: EffectView) {
  return onDatabase(place.databaseUrl, async (client) => {
    let first: { readonly at: number; readonly effects: number } | undefined;
    let last = { at: performance.now(), effects: 0 };
    while (last.effects < records && performance.now() - last.at < STALL_MS) {
      await Promise.race([delay(EVERY_MS), program.failure]);
      const effects = await view.seen(client);
      if (effects > last.effects) {
        last = { at: performance.now(), effects };
        first ??= last;
      }
    }
    const rate = first === undefined ? 0 : ((last.effects - first.effects) / (last.at - first.at)) * 1_000;
    return { rate, flaw: await view.flaw(client) };
  });
}
