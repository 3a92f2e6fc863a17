import { followingSubscriber, type HeldPartition, type TopicRangeReader } from '@waybill/kafka';
import {
  type ConsumerDefinition,
  type EntityKey,
  followAll,
  generationOf,
  type InboxStore,
  type Logger,
  type Outbox,
  type ProducerSource,
  type Queryable,
  type RunningConsumer,
  type SchemaRegistry,
  startConsumer,
  type TopicReader,
  type WaybillError,
  topicsOf,
} from '@waybill/messaging';
import { comingUp, generationInbox, type GenerationRow, positionPairs, publishedInGeneration } from '@waybill/postgres';
import { pause } from '../background-task.ts';
import { place } from './rebuild-checkpoint.ts';

/** What a generation is built with. */
export interface RebuildSource {
  readonly log: Logger;
  readonly db: Queryable;
  /** Over connections of its own, so that the living consumers' are not taken from them. */
  readonly inbox: InboxStore;
  readonly ranges: TopicRangeReader;
  readonly topics: TopicReader;
  readonly registry: SchemaRegistry;
  readonly producers: ProducerSource;
  /** Brings an entity into another projection of the service. */
  provide(projection: string, key: EntityKey): Promise<boolean>;
}

/** A generation that is worked on. */
export interface RunningGeneration {
  /** Why it cannot go on: what a handler did, or that it is over; undefined while it can. */
  readonly problem: WaybillError | undefined;
  readonly consumer: RunningConsumer;
  /** Records a second, from now on. */
  setPace(perSecond: number): void;
  stop(): Promise<void>;
}

/** Parked events of the living consumer that are about to be worked on, and records that it has still to read, at which it goes first. */
const muchToDo = 300;
const farBehind = 1_000n;
/** How long a batch waits for the living consumer, at most: it may stand still, and the rebuild be what helps it. */
const giveWayMs = 1_000;
/** Milliseconds for which a pause of no records is saved up. */
const burstMs = 500;

/** Has a generation read what its living consumer has read, by the projection's handlers, and follow it. */
export function startGeneration(
  source: RebuildSource,
  definition: ConsumerDefinition,
  generation: GenerationRow,
  perSecond: number,
): RunningGeneration {
  const store = generationInbox(source.inbox, generation);
  let rate = perSecond;
  let lag = 0n;
  let free = performance.now();
  const subscriber = followingSubscriber({
    ranges: source.ranges,
    async leads(held) {
      const led = await ledBy(source, definition, generation, held);
      lag = led.lag;
      return led.leads;
    },
    async pace(records, signal) {
      if (lag > farBehind || (await comingUp(source.db, definition.name)) >= muchToDo) await pause(giveWayMs, signal);
      const now = performance.now();
      free = Math.max(free, now - burstMs) + (1_000 * records) / rate;
      if (free > now) await pause(free - now, signal);
    },
  });
  const refuse = async (): Promise<never> => {
    const problem = publishedInGeneration();
    store.refuse(problem);
    throw problem;
  };
  const outbox: Outbox = { publish: refuse, publishAll: refuse, wake: () => undefined };
  const consumer = startConsumer({
    definition: generationOf(definition, generation.name),
    ...{ store, subscriber, outbox, topics: source.topics, registry: source.registry, producers: source.producers },
    log: source.log.child({ generation: generation.name }),
    hasDependents: false,
    wakeDependents: () => undefined,
    provide: async (projection, key) => source.provide(projection, key),
  });
  return {
    get problem() {
      return store.problem;
    },
    consumer,
    setPace(next) {
      rate = next;
    },
    async stop() {
      await consumer.stop();
      await subscriber.close();
    },
  };
}

/** Up to where the generation may read, and how far the living consumer is behind the log. */
async function ledBy(
  { db, ranges }: RebuildSource,
  definition: ConsumerDefinition,
  generation: GenerationRow,
  held: readonly HeldPartition[],
): Promise<{ readonly leads: ReadonlyMap<string, bigint>; readonly lag: bigint }> {
  const pairs = await positionPairs(db, generation, topicsOf(definition));
  const livingIn = new Map(pairs.map((pair) => [place(pair), pair.living] as const));
  const isOld = held.some((each) => (livingIn.get(place(each)) ?? 0n) > each.high);
  const fresh = isOld ? await heldNow(ranges, topicsOf(definition)) : held;
  const { leader, leads } = followAll(fresh.map((each) => ({ ...each, living: livingIn.get(place(each)) })));
  const ends = new Map(fresh.map((each) => [place(each), each.high]));
  const lag = leads.reduce((sum, lead) => sum + ((ends.get(place(lead)) ?? lead.to) - lead.to), 0n);
  return { leads: new Map(leads.map((lead) => [place(lead), lead.to])), lag: leader === 'log' ? 0n : lag };
}

/** What the log holds of topics at this moment. */
export async function heldNow(ranges: TopicRangeReader, topics: readonly string[]): Promise<readonly HeldPartition[]> {
  const held: HeldPartition[] = [];
  for (const topic of topics) {
    for (const { partition, from: low, to: high } of await ranges.rangesOf(topic))
      held.push({ topic, partition, low, high });
  }
  return held;
}
