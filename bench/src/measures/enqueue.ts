import type { LatencyContestant } from '../contestants/contestant.ts';
import { enqueuers, hotEnqueuers } from '../contestants/programs.ts';
import { launch } from '../process/launch.ts';
import { MachineWatch } from '../process/machine.ts';
import { rotated, spreadOf } from '../statistics/spread.ts';
import { settle } from '../world/database.ts';
import type { Place } from '../world/place.ts';
import { plainPlace } from '../world/world.ts';
import { type Bench, participants } from './measure.ts';
import type { RunNote } from './run-note.ts';

/** Transactions per second with an event in each: over many aggregates, and over a single one. */
export async function measureEnqueue(bench: Bench): Promise<void> {
  const many = await participants(bench, enqueuers);
  const hot = await participants(bench, hotEnqueuers);
  for (let round = 0; round < bench.sizes.rounds; round += 1) {
    for (const contestant of rotated(many, round)) {
      await enqueue(bench, contestant, {
        measure: 'enqueue',
        kind: 'enqueuer',
        round,
        aggregates: bench.sizes.aggregates,
      });
    }
    for (const contestant of rotated(hot, round)) {
      await enqueue(bench, contestant, { measure: 'enqueue hot', kind: 'hot-enqueuer', round, aggregates: 1 });
    }
  }
}

interface EnqueueRun extends RunNote {
  /** Which table of programs. */
  readonly kind: 'enqueuer' | 'hot-enqueuer';
}

/** One run of a contestant's writer on a database of its own. */
export async function enqueue(
  bench: Bench,
  contestant: LatencyContestant,
  { aggregates, ...run }: EnqueueRun & { readonly aggregates: number },
): Promise<void> {
  await using place = await bench.world.place(run.as ?? contestant.name, aggregates);
  await contestant.prepare(place);
  await settle(place.databaseUrl);
  await enqueueInto(bench, contestant, run, place);
}

/** One run of a contestant's writer in a closed loop; the median of its seconds counts. */
export async function enqueueInto(
  bench: Bench,
  contestant: LatencyContestant,
  run: EnqueueRun,
  place: Place,
): Promise<void> {
  const { sizes } = bench;
  const { role } = contestant;
  const name = run.as ?? contestant.name;
  const program = await launch(
    { kind: run.kind, name: contestant.name, settings: { place: plainPlace(place), events: 0 } },
    { tracing: run.tracing },
  );
  const watch = new MachineWatch();
  const seconds = (await program.go({
    warmUpSeconds: sizes.latencyWarmUpSeconds,
    seconds: sizes.latencySeconds,
  })) as readonly number[];
  const other = watch.otherCores();
  await program.stop();
  const { median } = spreadOf(seconds);
  bench.record({ measure: run.measure, contestant: name, role, round: run.round, value: median, unit: 'tx/s' });
  bench.note(
    `${run.measure} ${run.round + 1}  ${name.padEnd(24)} ${median.toFixed(0).padStart(7)} tx/s; other work ${other.toFixed(2)} cores`,
  );
}
