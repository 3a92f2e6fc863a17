import { setTimeout as delay } from 'node:timers/promises';
import { fillOutbox, prepareWaybill } from '../contestants/waybill/backlog.ts';
import { waybillRelay } from '../contestants/waybill/relay.ts';
import type { Received, Written } from '../contestants/writer.ts';
import { launch } from '../process/launch.ts';
import { latenciesOf } from '../statistics/latencies.ts';
import { auditTopic } from '../world/audit.ts';
import { settle } from '../world/database.ts';
import { plainPlace } from '../world/world.ts';
import { type Bench, flawOf } from './measure.ts';
import { untilReached } from './until.ts';

const STALL_MS = 30_000;
/** Until two relays have shared the shards between them. */
const SHARING_MS = 12_000;
const PER_SECOND = 500;

/** Two relays on one database, which have to share its shards, against one. */
export async function measureSharing(bench: Bench): Promise<void> {
  const { world, sizes } = bench;
  for (let round = 0; round < Math.min(sizes.rounds, sizes.growthRounds); round += 1) {
    for (const relays of [1, 2]) {
      await using place = await world.place(`relays-${relays}`, sizes.aggregates);
      await prepareWaybill(place);
      const settings = { place: plainPlace(place), events: sizes.events };
      const programs = await Promise.all(
        Array.from({ length: relays }, () => launch({ kind: 'relay', name: waybillRelay.name, settings })),
      );
      await Promise.all(programs.map((program) => program.go()));
      // They are at work before there is any, so that what is timed is sharing and not joining.
      await delay(SHARING_MS);
      const rows = sizes.events * 2;
      // In one transaction, so that all of it is there at once.
      await fillOutbox(place, rows, rows);
      const length = () => world.broker.length(place.topic);
      await untilReached(length, rows, { stallMs: STALL_MS });
      await Promise.all(programs.map((program) => program.stop()));
      const records = await length();
      const audit = await auditTopic(place.brokers, place.topic, { records, expected: rows });
      const flaw = flawOf(audit);
      const rate = (rows / audit.appendMs) * 1_000;
      const contestant = relays === 1 ? 'waybill' : 'waybill, two relays';
      bench.record({
        ...{ measure: 'shared drain', contestant, role: 'ours', round, value: rate, unit: 'events/s' },
        ...(flaw === undefined ? {} : { flaw }),
      });
      bench.note(`shared drain ${round + 1}  ${contestant.padEnd(22)} ${rate.toFixed(0)} events/s  ${flaw ?? ''}`);
    }
  }
}

/** How long events wait at most when one of two relays is killed. */
export async function measureFailover(bench: Bench): Promise<void> {
  const { world, sizes } = bench;
  await using place = await world.place('failover', sizes.aggregates);
  await prepareWaybill(place);
  await settle(place.databaseUrl);
  const seconds = 20;
  const settings = { place: plainPlace(place), events: PER_SECOND * seconds };
  const receiver = await launch({ kind: 'receiver', name: 'receiver', settings });
  const [victim, heir] = [
    await launch({ kind: 'relay', name: waybillRelay.name, settings }),
    await launch({ kind: 'relay', name: waybillRelay.name, settings }),
  ];
  const writer = await launch({ kind: 'writer', name: 'waybill-apart', settings });
  await Promise.all([receiver.go(), victim.go(), heir.go()]);
  await delay(SHARING_MS);
  const writing = writer.go({ perSecond: PER_SECOND, seconds });
  await delay(3_000);
  victim.kill();
  const written = (await writing) as Written;
  const events = written.committed.length;
  await untilReached(() => world.broker.length(place.topic), events, { stallMs: STALL_MS });
  const received = (await receiver.stop()) as Received;
  await Promise.all([writer.stop(), heir.stop()]);
  const records = await world.broker.length(place.topic);
  const audit = await auditTopic(place.brokers, place.topic, { records, expected: events });
  // What the killed one had sent and not yet saved comes again: at least once is what it promises.
  const flaw = flawOf({ ...audit, duplicates: 0 });
  const { max } = latenciesOf(written, received).sinceCommit;
  bench.record({
    ...{ measure: 'failover', contestant: 'waybill', role: 'ours', round: 0, value: max / 1_000, unit: 's' },
    ...(flaw === undefined ? {} : { flaw }),
  });
  bench.note(`failover  longest wait ${(max / 1_000).toFixed(1)} s, ${audit.duplicates} doubled  ${flaw ?? ''}`);
}
