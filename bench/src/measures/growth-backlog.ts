import { setTimeout as delay } from 'node:timers/promises';
import { attachPartitions } from '@waybill/postgres';
import { fillOutbox, prepareWaybill } from '../contestants/waybill/backlog.ts';
import { waybillRelay } from '../contestants/waybill/relay.ts';
import type { Written } from '../contestants/writer.ts';
import { launch } from '../process/launch.ts';
import { auditTopic } from '../world/audit.ts';
import { onDatabase, settle } from '../world/database.ts';
import { plainPlace } from '../world/world.ts';
import { type Bench, flawOf } from './measure.ts';
import { untilReached } from './until.ts';

const STALL_MS = 30_000;
const EVERY_MS = 1_000;
/** Seconds over which the peak is taken. */
const WINDOW = 5;
const BESIDE_PER_SECOND = 100;

/** Drains a large backlog while new events come for the same entities; its rate over all against its best few seconds. */
export async function measureBacklog(bench: Bench): Promise<void> {
  const { world, sizes } = bench;
  await using place = await world.place('backlog', sizes.aggregates);
  await prepareWaybill(place);
  await onDatabase(place.databaseUrl, async (client) => {
    await client.query(`SELECT setval('waybill.outbox_position', $1, false)`, [1]);
    await attachPartitions(client, { ahead: Math.ceil(sizes.largeBacklog / 1_000_000) + 3 });
  });
  await fillOutbox(place, sizes.largeBacklog, 1_000);
  await settle(place.databaseUrl);
  const settings = { place: plainPlace(place), events: 0 };
  const relay = await launch({ kind: 'relay', name: waybillRelay.name, settings });
  const writer = await launch({ kind: 'unattended-writer', name: waybillRelay.name, settings });
  const lengths: number[] = [];
  const sampling = new AbortController();
  await relay.go();
  const sampled = (async () => {
    while (!sampling.signal.aborted) {
      lengths.push(await world.broker.length(place.topic));
      await delay(EVERY_MS);
    }
  })();
  let fresh = 0;
  const length = () => Promise.race([world.broker.length(place.topic), relay.failure]);
  while ((await length()) < sizes.largeBacklog) {
    const written = (await writer.go({ perSecond: BESIDE_PER_SECOND, seconds: 2 })) as Written;
    fresh += written.committed.length;
  }
  await untilReached(length, sizes.largeBacklog + fresh, { stallMs: STALL_MS });
  sampling.abort();
  await sampled;
  const memory = relay.usage().peakRssMb;
  await writer.stop();
  await relay.stop();
  const records = await world.broker.length(place.topic);
  const expected = sizes.largeBacklog + fresh;
  const audit = await auditTopic(place.brokers, place.topic, { records, expected });
  const flaw = flawOf(audit);
  const rate = (sizes.largeBacklog / audit.appendMs) * 1_000;
  const peak = peakRate(lengths, EVERY_MS);
  const figure = (contestant: string, value: number) =>
    bench.record({
      ...{ measure: 'large backlog', contestant, role: 'ours', round: 0, value, unit: 'events/s' },
      ...(flaw === undefined ? {} : { flaw }),
    });
  figure('waybill', rate);
  figure(`waybill, best ${WINDOW} s`, peak);
  bench.note(
    `large backlog  ${sizes.largeBacklog.toLocaleString('en-US')} rows at ${rate.toFixed(0)} events/s, best ${WINDOW} s ${peak.toFixed(0)}, with ${fresh} new ones beside; ${memory.toFixed(0)} MB  ${flaw ?? ''}`,
  );
}

/** The best rate over {@link WINDOW} samples. */
export function peakRate(lengths: readonly number[], everyMs: number): number {
  const span = Math.min(WINDOW, lengths.length - 1);
  let best = 0;
  for (let at = span; at < lengths.length; at += 1) {
    best = Math.max(best, ((lengths[at] ?? 0) - (lengths[at - span] ?? 0)) / ((span * everyMs) / 1_000));
  }
  return best;
}
