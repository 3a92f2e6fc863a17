import { setTimeout as delay } from 'node:timers/promises';
import type { OutageContestant } from '../contestants/contestant.ts';
import { prepareWaybill } from '../contestants/waybill/backlog.ts';
import { outageConsumers } from '../contestants/programs.ts';
import { clockMs, type Written } from '../contestants/writer.ts';
import { launch } from '../process/launch.ts';
import { MachineWatch } from '../process/machine.ts';
import type { Stretch } from '../process/paced-writer.ts';
import { timelineChart } from '../report/timeline-chart.ts';
import { settle } from '../world/database.ts';
import { plainPlace } from '../world/world.ts';
import { type Bench, type OutageSizes, participants } from './measure.ts';
import { startShop } from './outage-shop.ts';
import { type OutageRun, outageFigures, outageFlaw, type Second, secondsOf } from './outage-timeline.ts';
import { untilReached } from './until.ts';

const WARM_UP_SECONDS = 2;
/** Longer than the longest wait between two attempts: whatever has not moved for so long will not. */
const STALL_MS = 75_000;

/** What a dependency's outage under load costs in calls, and how the backlog drains after it. */
export async function measureOutage(bench: Bench): Promise<void> {
  const contestants = await participants(bench, outageConsumers);
  // A round takes a quarter of an hour for each contestant, and what it shows does not differ from round to round.
  for (const contestant of contestants) await outage(bench, contestant);
}

async function outage(bench: Bench, contestant: OutageContestant): Promise<void> {
  const sizes = bench.sizes.outage;
  await using place = await bench.world.place(`outage ${contestant.name}`, sizes.entities);
  await using shop = await startShop();
  await prepareWaybill(place);
  await settle(place.databaseUrl);
  const warmUp: Stretch = { perSecond: sizes.perSecond, seconds: WARM_UP_SECONDS };
  const stretch: Stretch = {
    perSecond: sizes.perSecond,
    seconds: sizes.secondsBefore + sizes.secondsDown + sizes.secondsAfter,
  };
  const settings = { place: plainPlace(place), events: sizes.perSecond * (warmUp.seconds + stretch.seconds) };
  const consumer = await launch({ kind: 'outage-consumer', name: contestant.name, settings });
  const writer = await launch({ kind: 'writer', name: 'waybill', settings });
  const served = () => Promise.race([Promise.resolve(shop.served()), consumer.failure, writer.failure]);
  const wait = (seconds: number) => Promise.race([delay(seconds * 1_000), consumer.failure, writer.failure]);

  await consumer.go({ url: shop.url });
  const first = (await writer.go(warmUp)) as Written;
  await untilReached(served, first.committed.length, { stallMs: STALL_MS });
  const watch = new MachineWatch();
  const since = clockMs();
  const writing = writer.go(stretch);
  writing.catch(() => undefined);
  await wait(sizes.secondsBefore);
  const downAt = clockMs();
  shop.breakDown();
  await wait(sizes.secondsDown);
  const upAt = clockMs();
  shop.recover();
  const { committed } = (await writing) as Written;
  const events = first.committed.length + committed.length;
  await untilReached(served, events, { stallMs: STALL_MS });
  const otherCores = watch.otherCores();
  await consumer.stop();
  await writer.stop();

  const calls = shop.calls.filter(({ sequence }) => sequence >= first.committed.length);
  report(bench, contestant, {
    run: { since, downAt, upAt, committed, calls },
    flaw: outageFlaw(shop.calls, { events, entities: sizes.entities }),
    mostAtOnce: shop.mostAtOnce(),
    otherCores,
  });
}

interface Outcome {
  readonly run: OutageRun;
  readonly flaw: string | undefined;
  readonly mostAtOnce: number;
  readonly otherCores: number;
}

function report(bench: Bench, { name, role }: OutageContestant, outcome: Outcome): void {
  const { run, flaw, mostAtOnce, otherCores } = outcome;
  const { perSecond } = bench.sizes.outage;
  const seconds = secondsOf(run);
  const { callsWhileDown, mostCallsAfter, drainSeconds, standstillSeconds } = outageFigures(run, seconds, perSecond);
  const figure = (measure: string, value: number, unit: string) =>
    bench.record({
      ...{ measure, contestant: name, role, round: 0, value, unit },
      ...(flaw === undefined ? {} : { flaw }),
    });
  figure('calls while down', callsWhileDown, '/s');
  figure('share of the load', (callsWhileDown / perSecond) * 100, '%');
  figure('busiest second after', mostCallsAfter / perSecond, 'times the load');
  figure('calls at once after', mostAtOnce, 'calls');
  if (drainSeconds !== undefined) figure('backlog gone after', drainSeconds, 's');
  figure('standstill', standstillSeconds, 's');
  bench.draw({
    section: 'outage',
    name: `outage-${name}`,
    title: `${name}: a dependency's outage over time`,
    svg: picture(name, run, seconds, bench.sizes.outage),
  });
  bench.note(
    `outage  ${name.padEnd(20)} ${callsWhileDown.toFixed(2)} calls/s while down, then up to ${mostCallsAfter} calls/s and ${mostAtOnce} at once; backlog gone after ${drainSeconds ?? '–'} s, longest standstill ${standstillSeconds} s; other work ${otherCores.toFixed(2)} cores  ${flaw ?? ''}`.trimEnd(),
  );
}

function picture(name: string, run: OutageRun, seconds: readonly Second[], { perSecond }: OutageSizes): string {
  const calls = seconds.map((second) => second.calls);
  const most = Math.max(...calls);
  const [from, to] = [(run.downAt - run.since) / 1_000, (run.upAt - run.since) / 1_000];
  return timelineChart({
    title: `${name}: a dependency down for ${Math.round(to - from)} s at ${perSecond} events/s`,
    shaded: { from, to, title: 'down' },
    panels: [
      { title: 'calls to the dependency, a second', colour: '#cf222e', values: calls, most },
      { title: 'events served, a second', colour: '#1f6feb', values: seconds.map(({ served }) => served), most },
      { title: 'events waiting', colour: '#bf8700', values: seconds.map(({ waiting }) => waiting) },
    ],
  });
}
