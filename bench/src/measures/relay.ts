import { relays } from '../contestants/programs.ts';
import type { RelayContestant } from '../contestants/contestant.ts';
import { launch } from '../process/launch.ts';
import { MachineWatch } from '../process/machine.ts';
import { rotated } from '../statistics/spread.ts';
import { auditTopic } from '../world/audit.ts';
import { settle } from '../world/database.ts';
import { plainPlace } from '../world/world.ts';
import { type Bench, flawOf, participants } from './measure.ts';
import { untilReached } from './until.ts';

const STALL_MS = 30_000;

/** How fast each contestant drains a backlog, and at what cost. */
export async function measureRelay(bench: Bench): Promise<void> {
  const contestants = await participants(bench, relays);
  for (let round = 0; round < bench.sizes.rounds; round += 1) {
    for (const contestant of rotated(contestants, round)) {
      await drain(bench, contestant, round);
    }
  }
}

async function drain(bench: Bench, contestant: RelayContestant, round: number): Promise<void> {
  const { world, sizes } = bench;
  const { name, role } = contestant;
  await using place = await world.place(name, sizes.aggregates);
  await contestant.prepare(place);
  const rows = contestant.backlog === 'short' ? sizes.shortEvents : sizes.events;
  await contestant.fill(place, rows);
  await settle(place.databaseUrl);

  const settings = { place: plainPlace(place), events: rows };
  const watch = new MachineWatch();
  const program = await launch({ kind: 'relay', name, settings });
  const before = program.usage();
  const started = performance.now();
  await program.go();
  const length = () => Promise.race([world.broker.length(place.topic), program.failure]);
  const records = await untilReached(length, rows, { stallMs: STALL_MS });
  const elapsedMs = performance.now() - started;
  const after = program.usage();
  const other = watch.otherCores();
  await program.stop();

  const total = await world.broker.length(place.topic);
  const audit = await auditTopic(place.brokers, place.topic, { records: total, expected: rows });
  const flaw = flawOf(audit);
  const figure = (measure: string, value: number, unit: string) =>
    bench.record({ measure, contestant: name, role, round, value, unit, ...(flaw === undefined ? {} : { flaw }) });
  const rate = audit.appendMs === 0 ? 0 : (records / audit.appendMs) * 1_000;
  const cpu = ((after.cpuSeconds - before.cpuSeconds) / records) * 100_000;
  figure('drain', rate, 'events/s');
  figure('drain from start', (records / elapsedMs) * 1_000, 'events/s');
  figure('drain CPU', cpu, 's/100k');
  figure('drain memory', after.peakRssMb, 'MB');
  bench.note(
    `drain ${round + 1}  ${name.padEnd(20)} ${rate.toFixed(0).padStart(8)} events/s, ${cpu.toFixed(2)} CPU s per 100,000, ${after.peakRssMb.toFixed(0)} MB; other work ${other.toFixed(2)} cores${flaw === undefined ? '' : `  (${flaw})`}`,
  );
}
