import type { Client } from 'pg';
import { waybillEnqueue } from '../contestants/enqueuers.ts';
import { fillOutbox, prepareWaybill } from '../contestants/waybill/backlog.ts';
import { consumerName, waybillConsumer } from '../contestants/waybill/consumer.ts';
import { waybillRelay } from '../contestants/waybill/relay.ts';
import { onDatabase, settle } from '../world/database.ts';
import { versionsIn, writeHistory } from '../world/history.ts';
import type { Place } from '../world/place.ts';
import { PROJECTION, projectionFlaw } from '../world/projection.ts';
import type { OwnPlace } from '../world/world.ts';
import { consumePrepared, fillTopic } from './consume.ts';
import { enqueueInto } from './enqueue.ts';
import { measureBacklog } from './growth-backlog.ts';
import { measureFailover, measureSharing } from './growth-relays.ts';
import { measureSoak } from './growth-soak.ts';
import type { Bench } from './measure.ts';
import { drainFilled } from './relay.ts';

/** What becomes of the figures as a service grows: with a long history, a large backlog, two relays, and over time. */
export async function measureGrowth(bench: Bench): Promise<void> {
  await measureHistory(bench);
  await measureBacklog(bench);
  await measureSharing(bench);
  await measureFailover(bench);
  await measureSoak(bench);
}

/** Drain, consume and enqueue beside a long history and on a database that has none, in turn. */
async function measureHistory(bench: Bench): Promise<void> {
  const { world, sizes } = bench;
  const { rows, entities } = sizes.history;
  // Each event is of another entity: nothing that is touched was touched just before.
  const touched = Math.min(entities, sizes.events);
  await using empty = await world.place('empty', touched);
  await using grown = await world.place('grown', touched);
  for (const place of [empty, grown]) {
    await prepareWaybill(place);
    await onDatabase(place.databaseUrl, (client) => client.query(PROJECTION));
  }
  await writeHistory(grown, { rows, entities, consumer: consumerName(grown) }, (text) => bench.note(text));
  await settle(grown.databaseUrl);
  const before = versionsIn({ rows, entities });
  for (let round = 0; round < Math.min(sizes.rounds, sizes.growthRounds); round += 1) {
    const places = [
      { as: 'waybill', place: empty, before: 0 },
      { as: 'waybill, grown', place: grown, before },
    ];
    for (const each of round % 2 === 0 ? places : places.toReversed()) await once(bench, { ...each, round });
  }
  // At the end, since what is only enqueued would be in the way of a drain.
  for (let round = 0; round < Math.min(sizes.rounds, sizes.growthRounds); round += 1) {
    for (const { as, place } of [
      { as: 'waybill', place: empty },
      { as: 'waybill, grown', place: grown },
    ]) {
      await enqueueInto(bench, waybillEnqueue, { measure: 'grown enqueue', round, as, kind: 'enqueuer' }, place);
    }
  }
}

interface Once {
  readonly as: string;
  readonly place: OwnPlace;
  readonly before: number;
  readonly round: number;
}

async function once(bench: Bench, { as, place, before, round }: Once): Promise<void> {
  const { world, sizes } = bench;
  const { events } = sizes;
  const perRound = events / place.aggregates;
  const published = await world.ownTopic({ ...place, versionsBefore: before + round * perRound });
  await fillOutbox(published, events);
  await settle(place.databaseUrl);
  await drainFilled(bench, waybillRelay, { measure: 'grown drain', round, as }, published, events);
  await world.broker.deleteTopic(published.topic);

  const consumed = await world.ownTopic({ ...place, versionsBefore: before + round * perRound });
  await fillTopic(consumed, events);
  await settle(place.databaseUrl);
  await consumePrepared(
    bench,
    waybillConsumer,
    { measure: 'grown consume', round, as, place: consumed, records: events },
    {
      seen: (client) => appliedOf(client, consumed),
      flaw: (client) => projectionFlaw(client, events * (round + 1), before),
    },
  );
  await world.broker.deleteTopic(consumed.topic);
}

async function appliedOf(client: Client, place: Place): Promise<number> {
  const { rows } = await client.query<{ applied: string }>(
    'SELECT coalesce(sum(next_offset), 0) AS applied FROM waybill.consumer_position WHERE topic = $1',
    [place.topic],
  );
  return Number(rows[0]?.applied ?? 0);
}
