import { followingSubscriber, type HeldPartition, type TopicRangeReader } from '@waybill/kafka';
import {
  type ConsumerDefinition,
  type EntityKey,
  followTo,
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
} from '@waybill/messaging';
import { comingUp, generationInbox, type GenerationRow, positionPairs, publishedInGeneration } from '@waybill/postgres';
import { pause } from '../background-task.ts';
import { place } from './rebuild-checkpoint.ts';
import { topicsOf } from './rebuild-selection.ts';

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
      const led = await ledBy(source.db, definition, generation, held);
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
  db: Queryable,
  definition: ConsumerDefinition,
  generation: GenerationRow,
  held: readonly HeldPartition[],
): Promise<{ readonly leads: ReadonlyMap<string, bigint>; readonly lag: bigint }> {
  const pairs = new Map(
    (await positionPairs(db, generation, topicsOf(definition))).map((pair) => [place(pair), pair] as const),
  );
  const leads = new Map<string, bigint>();
  let lag = 0n;
  for (const partition of held) {
    const living = pairs.get(place(partition))?.living;
    const { to, leader } = followTo({ ...partition, living });
    leads.set(place(partition), to);
    if (leader === 'consumer') lag += partition.high - to;
  }
  return { leads, lag };
}
