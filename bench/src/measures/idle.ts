import { setTimeout as delay } from 'node:timers/promises';
import { launch } from '../process/launch.ts';
import { startQueryCounter } from '../world/query-counter.ts';
import { startTraceSink } from '../world/trace-sink.ts';
import { plainPlace } from '../world/world.ts';
import { prepareWaybill } from '../contestants/waybill/backlog.ts';
import type { Bench } from './measure.ts';

/** Seconds after its start until a service is at rest: its first looks are over, and what was loaded is compiled. */
const SETTLING_MS = 10_000;

/** What a whole service costs to which nothing happens, traced as services are. */
export async function measureIdle(bench: Bench): Promise<void> {
  const { world, sizes } = bench;
  for (let round = 0; round < Math.min(2, sizes.rounds); round += 1) {
    await using place = await world.place('idle', 1);
    await using counter = await startQueryCounter(place.databaseUrl);
    await using sink = await startTraceSink();
    await prepareWaybill(place);
    await world.register(place.topic);
    const settings = { place: { ...plainPlace(place), databaseUrl: counter.url }, events: 0 };
    const program = await launch(
      { kind: 'service', name: 'waybill', settings },
      { tracing: { endpoint: sink.endpoint, ratio: 1 } },
    );
    await program.go();
    await delay(SETTLING_MS);
    const [before, queriesBefore, since] = [program.usage(), counter.queries, performance.now()];
    await Promise.race([delay(sizes.idleSeconds * 1_000), program.failure]);
    const seconds = (performance.now() - since) / 1_000;
    const after = program.usage();
    const queries = (counter.queries - queriesBefore) / seconds;
    const core = ((after.cpuSeconds - before.cpuSeconds) / seconds) * 100;
    await program.stop();
    const figure = (measure: string, value: number, unit: string) =>
      bench.record({ measure, contestant: 'waybill', role: 'ours', round, value, unit });
    figure('idle CPU', core, '% of a core');
    figure('idle queries', queries, '/s');
    figure('idle memory', after.rssMb, 'MB');
    bench.note(
      `idle ${round + 1}  ${core.toFixed(2)}% of a core, ${queries.toFixed(2)} queries/s, ${after.rssMb.toFixed(0)} MB`,
    );
  }
}
