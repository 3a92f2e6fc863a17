import type { LatencyContestant } from '../contestants/contestant.ts';
import { writers } from '../contestants/programs.ts';
import type { Received, Written } from '../contestants/writer.ts';
import { type LaunchedProgram, launch } from '../process/launch.ts';
import { MachineWatch } from '../process/machine.ts';
import type { Stretch } from '../process/paced-writer.ts';
import { latenciesOf } from '../statistics/latencies.ts';
import { rotated } from '../statistics/spread.ts';
import { auditTopic } from '../world/audit.ts';
import { settle } from '../world/database.ts';
import { plainPlace } from '../world/world.ts';
import { type Bench, flawOf, participants } from './measure.ts';
import { untilReached } from './until.ts';

const STALL_MS = 15_000;
/** A writer that reaches less of the offered rate than this has not kept it. */
const KEPT = 0.97;

/** How long an event takes from its COMMIT to another process, at several rates, and what the relay costs meanwhile. */
export async function measureLatency(bench: Bench): Promise<void> {
  const contestants = await participants(bench, writers);
  for (let round = 0; round < Math.min(bench.sizes.rounds, bench.sizes.latencyRounds); round += 1) {
    for (const contestant of rotated(contestants, round)) {
      await latency(bench, contestant, round);
    }
  }
}

interface Measured {
  readonly stretch: Stretch;
  readonly written: Written;
  readonly cpuSeconds: number;
  readonly rssMb: number;
  readonly otherCores: number;
}

async function latency(bench: Bench, contestant: LatencyContestant, round: number): Promise<void> {
  const { world, sizes } = bench;
  const { name } = contestant;
  await using place = await world.place(name, sizes.aggregates);
  await contestant.prepare(place);
  await settle(place.databaseUrl);
  const stretches: readonly Stretch[] = sizes.rates.map((perSecond) => ({ perSecond, seconds: sizes.latencySeconds }));
  const warmUp: Stretch = { perSecond: 500, seconds: sizes.latencyWarmUpSeconds };
  const most = [warmUp, ...stretches].reduce((sum, { perSecond, seconds }) => sum + perSecond * seconds, 0);
  const settings = { place: plainPlace(place), events: most };

  const receiver = await launch({ kind: 'receiver', name: 'receiver', settings });
  const relay =
    contestant.relay === undefined ? undefined : await launch({ kind: 'relay', name: contestant.relay, settings });
  const writer = await launch({ kind: 'writer', name, settings });
  await receiver.go();
  await relay?.go();
  const length = () => Promise.race([world.broker.length(place.topic), ...[relay, writer, receiver].map(failureOf)]);
  let offered = await write(writer, warmUp);
  let events = offered.committed.length;
  await untilReached(length, events, { stallMs: STALL_MS });
  const measured: Measured[] = [];
  for (const stretch of stretches) {
    const watch = new MachineWatch();
    const before = relay?.usage();
    offered = await write(writer, stretch);
    events += offered.committed.length;
    const delivered = await untilReached(length, events, { stallMs: STALL_MS });
    const after = relay?.usage();
    measured.push({
      stretch,
      written: offered,
      cpuSeconds: (after?.cpuSeconds ?? 0) - (before?.cpuSeconds ?? 0),
      rssMb: after?.rssMb ?? 0,
      otherCores: watch.otherCores(),
    });
    // At a higher rate it would only stand still for longer.
    if (delivered < events || offered.committed.length < stretch.perSecond * stretch.seconds) break;
  }
  const received = (await receiver.stop()) as Received;
  await writer.stop();
  await relay?.stop();
  const records = await world.broker.length(place.topic);
  const flaw = flawOf(await auditTopic(place.brokers, place.topic, { records, expected: events }));
  for (const each of measured) report(bench, contestant, round, each, received, flaw);
}

async function write(writer: LaunchedProgram, stretch: Stretch): Promise<Written> {
  return (await writer.go(stretch)) as Written;
}

function failureOf(program: LaunchedProgram | undefined): Promise<never> {
  return program?.failure ?? new Promise<never>(() => undefined);
}

function report(
  bench: Bench,
  contestant: LatencyContestant,
  round: number,
  { stretch, written, cpuSeconds, rssMb, otherCores }: Measured,
  received: Received,
  runFlaw: string | undefined,
): void {
  const { name, role } = contestant;
  const { perSecond } = stretch;
  const { sinceCommit, sinceDue, reached, lost } = latenciesOf(written, received);
  const { p50, p99, max } = sinceCommit;
  const dueP99 = sinceDue.p99;
  const missed = reached < perSecond * KEPT ? `reached ${reached.toFixed(0)}/s` : undefined;
  const flaws = [runFlaw ?? (lost > 0 ? `${lost} not received` : undefined), missed].filter(
    (flaw) => flaw !== undefined,
  );
  const flaw = flaws.length === 0 ? {} : { flaw: flaws.join('; ') };
  const figure = (measure: string, value: number, unit: string) =>
    bench.record({ measure: `${measure} at ${perSecond}/s`, contestant: name, role, round, value, unit, ...flaw });
  figure('p50', p50, 'ms');
  figure('p99', p99, 'ms');
  figure('max', max, 'ms');
  figure('p99 since due', dueP99, 'ms');
  if (contestant.relay !== undefined) {
    figure('relay CPU', (cpuSeconds / written.committed.length) * 100_000, 's/100k');
    figure('relay memory', rssMb, 'MB');
  }
  bench.note(
    `latency ${round + 1}  ${name.padEnd(16)} ${perSecond}/s: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(0)} ms, since due p99 ${dueP99.toFixed(1)} ms; relay ${((cpuSeconds / written.committed.length) * 100_000).toFixed(1)} CPU s per 100,000, ${rssMb.toFixed(0)} MB; other work ${otherCores.toFixed(2)} cores ${flaws.join('; ')}`,
  );
}
