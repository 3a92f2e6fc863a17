import { relays } from '../contestants/programs.ts';
import type { RelayContestant } from '../contestants/contestant.ts';
import { launch } from '../process/launch.ts';
import { MachineWatch } from '../process/machine.ts';
import { rotated } from '../statistics/spread.ts';
import { auditTopic } from '../world/audit.ts';
import { settle } from '../world/database.ts';
import type { Place } from '../world/place.ts';
import { plainPlace } from '../world/world.ts';
import { type Bench, flawOf, participants } from './measure.ts';
import { reportRun, type RunNote } from './run-note.ts';
import { untilReached } from './until.ts';

const STALL_MS = 30_000;

/** How fast each contestant drains a backlog, and at what cost. */
export async function measureRelay(bench: Bench): Promise<void> {
  const contestants = await participants(bench, relays);
  for (let round = 0; round < bench.sizes.rounds; round += 1) {
    for (const contestant of rotated(contestants, round)) {
      await drain(bench, contestant, { measure: 'drain', round });
    }
  }
}

/** Fills a backlog and times how long the contestant takes to bring it to the topic. */
export async function drain(bench: Bench, contestant: RelayContestant, run: RunNote): Promise<void> {
  const { world, sizes } = bench;
  const name = run.as ?? contestant.name;
  await using place = await world.place(name, sizes.aggregates);
  await contestant.prepare(place);
  const rows = contestant.backlog === 'short' ? sizes.shortEvents : sizes.events;
  await contestant.fill(place, rows);
  await settle(place.databaseUrl);
  await drainFilled(bench, contestant, run, place, rows);
}

/** Times how long the contestant takes to bring `rows` committed events to the place's empty topic. */
export async function drainFilled(
  bench: Bench,
  contestant: RelayContestant,
  run: RunNote,
  place: Place,
  rows: number,
): Promise<void> {
  const { world } = bench;
  const settings = { place: plainPlace(place), events: rows };
  const watch = new MachineWatch();
  const program = await launch({ kind: 'relay', name: contestant.name, settings }, { tracing: run.tracing });
  const before = program.usage();
  await program.go();
  const length = () => Promise.race([world.broker.length(place.topic), program.failure]);
  const records = await untilReached(length, rows, { stallMs: STALL_MS });
  const after = program.usage();
  const other = watch.otherCores();
  await program.stop();

  const total = await world.broker.length(place.topic);
  const audit = await auditTopic(place.brokers, place.topic, { records: total, expected: rows });
  const rate = audit.appendMs === 0 ? 0 : (records / audit.appendMs) * 1_000;
  reportRun(bench, contestant, run, {
    rate,
    cpuSeconds: ((after.cpuSeconds - before.cpuSeconds) / records) * 100_000,
    memoryMb: after.peakRssMb,
    otherCores: other,
    flaw: contestant.records === undefined ? flawOf(audit) : countFlaw(total, rows),
  });
}

function countFlaw(records: number, expected: number): string | undefined {
  return records === expected ? undefined : `${records} records of ${expected} events`;
}
