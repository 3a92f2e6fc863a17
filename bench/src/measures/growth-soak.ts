import { setTimeout as delay } from 'node:timers/promises';
import { prepareWaybill } from '../contestants/waybill/backlog.ts';
import { waybillConsumer } from '../contestants/waybill/consumer.ts';
import { waybillRelay } from '../contestants/waybill/relay.ts';
import { launch } from '../process/launch.ts';
import { spreadOf } from '../statistics/spread.ts';
import { onDatabase, settle } from '../world/database.ts';
import { PROJECTION } from '../world/projection.ts';
import { plainPlace } from '../world/world.ts';
import type { Bench } from './measure.ts';

const EVERY_MS = 2_000;
/** The share of the time after which memory is to be flat: before it caches fill and code is compiled. */
const WARM = 1 / 3;

/** Memory of a relay and of a consumer under as much load as the writers can make, over time. */
export async function measureSoak(bench: Bench): Promise<void> {
  const { world, sizes } = bench;
  await using place = await world.place('soak', sizes.aggregates);
  await prepareWaybill(place);
  await onDatabase(place.databaseUrl, (client) => client.query(PROJECTION));
  await settle(place.databaseUrl);
  const settings = { place: plainPlace(place), events: 0 };
  const relay = await launch({ kind: 'relay', name: waybillRelay.name, settings });
  const consumer = await launch({ kind: 'consumer', name: waybillConsumer.name, settings });
  const writer = await launch({ kind: 'enqueuer', name: 'waybill', settings });
  await Promise.all([relay.go(), consumer.go()]);
  const seconds = Math.round(sizes.soakMinutes * 60);
  let running: 'yes' | 'no' = 'yes';
  const writing = writer.go({ warmUpSeconds: 0, seconds }).finally(() => (running = 'no'));
  const samples: { readonly relay: number; readonly consumer: number }[] = [];
  const isRunning = () => running === 'yes';
  while (isRunning()) {
    samples.push({ relay: relay.usage().rssMb, consumer: consumer.usage().rssMb });
    await Promise.race([delay(EVERY_MS), relay.failure, consumer.failure]);
  }
  const rates = (await writing) as readonly number[];
  await Promise.all([writer.stop(), relay.stop(), consumer.stop()]);
  const warm = samples.slice(Math.floor(samples.length * WARM));
  const third = Math.max(1, Math.floor(warm.length / 3));
  for (const name of ['relay', 'consumer'] as const) {
    const of = (part: typeof warm) => spreadOf(part.map((sample) => sample[name])).median;
    const [early, late] = [of(warm.slice(0, third)), of(warm.slice(-third))];
    const figure = (contestant: string, value: number) =>
      bench.record({ measure: 'memory over time', contestant, role: 'ours', round: 0, value, unit: 'MB' });
    figure(`${name}, early`, early);
    figure(`${name}, late`, late);
    bench.note(
      `memory over ${sizes.soakMinutes} min  ${name.padEnd(8)} ${early.toFixed(0)} MB early, ${late.toFixed(0)} MB late`,
    );
  }
  bench.note(`memory over ${sizes.soakMinutes} min  at ${spreadOf(rates).median.toFixed(0)} events/s`);
}
