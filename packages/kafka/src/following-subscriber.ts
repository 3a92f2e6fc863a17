import {
  CannotFollowError,
  type Clock,
  type LogRecord,
  type PartitionBounds,
  type Subscriber,
  type Subscription,
  type SubscriptionHandler,
  systemClock,
} from '@waybill/messaging';
import { asError } from './settling.ts';
import { partitionKey } from './start-positions.ts';
import type { TopicRangeReader } from './topic-range-reader.ts';

/** A partition with what the log holds of it. */
export type HeldPartition = Pick<PartitionBounds, 'topic' | 'partition' | 'low' | 'high'>;

export interface FollowingOptions {
  readonly ranges: TopicRangeReader;
  /** Up to which offset, and never further, each partition may be read now; by `topic/partition`. It is asked again and again. */
  leads(partitions: readonly HeldPartition[]): Promise<ReadonlyMap<string, bigint>>;
  /** Waits until so many records may be delivered. */
  pace(records: number, signal: AbortSignal): Promise<void>;
  readonly clock?: Clock;
}

const BATCH = 500;
const LOOK_AGAIN_MS = 250;
const TROUBLE_MS = 1_000;
/** For how long what the log holds is taken to be as it was. */
const HELD_FOR_MS = 5_000;
/** What another holder of a partition leaves this one with. */
const LOST = 'consumer.partition-lost';

/**
 * Subscribes beside any group: reads each partition from where `assigned` says up to where somebody else is, and follows as
 * that moves. Nothing is committed to the log, and no member of a group notices.
 */
export function followingSubscriber(options: FollowingOptions): Subscriber {
  const running = new Set<Subscription>();
  return {
    async subscribe({ topics }, handler) {
      const subscription = follow(options, topics, handler);
      running.add(subscription);
      subscription.ended.catch(() => undefined).finally(() => running.delete(subscription));
      return subscription;
    },
    async close() {
      await Promise.all([...running].map((subscription) => subscription.stop()));
    },
  };
}

function follow(options: FollowingOptions, topics: readonly string[], handler: SubscriptionHandler): Subscription {
  const over = new AbortController();
  const following = new Following(options, topics, handler, over.signal);
  const ended = following.run();
  ended.catch(() => undefined);
  return {
    pause: () => (following.isPaused = true),
    resume: () => (following.isPaused = false),
    async stop() {
      over.abort();
      await ended.catch(() => undefined);
    },
    ended,
  };
}

class Following {
  isPaused = false;
  readonly #options: FollowingOptions;
  readonly #topics: readonly string[];
  readonly #handler: SubscriptionHandler;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  readonly #positions = new Map<string, bigint>();
  #held: readonly HeldPartition[] = [];
  #heldAt = -Infinity;

  constructor(options: FollowingOptions, topics: readonly string[], handler: SubscriptionHandler, signal: AbortSignal) {
    this.#options = options;
    this.#topics = topics;
    this.#handler = handler;
    this.#signal = signal;
    this.#clock = options.clock ?? systemClock;
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        if (this.#positions.size === 0) await this.#begin();
        const read = this.isPaused ? 'nothing' : await this.#round();
        if (read === 'nothing') await this.#clock.sleep(LOOK_AGAIN_MS, this.#signal);
      } catch (error) {
        if (this.#signal.aborted) return;
        if (error instanceof CannotFollowError || isLost(error)) throw error;
        this.#handler.health(asError(error));
        await this.#clock.sleep(TROUBLE_MS, this.#signal);
      }
    }
  }

  async #begin(): Promise<void> {
    const held = await this.#look();
    const { ranges } = this.#options;
    const starts = await this.#handler.assigned(
      held.map((each) => ({
        ...each,
        committed: undefined,
        offsetAt: async (since) =>
          (await ranges.rangesOf(each.topic, { since })).find(({ partition }) => partition === each.partition)?.from ??
          each.high,
      })),
    );
    for (const { topic, partition, start } of starts) this.#positions.set(partitionKey(topic, partition), start);
    this.#handler.health(undefined);
  }

  async #look(): Promise<readonly HeldPartition[]> {
    if (this.#clock.monotonic() - this.#heldAt < HELD_FOR_MS) return this.#held;
    const held: HeldPartition[] = [];
    for (const topic of this.#topics) {
      const ranges = await this.#options.ranges.rangesOf(topic);
      held.push(...ranges.map(({ partition, from, to }) => ({ topic, partition, low: from, high: to })));
    }
    [this.#held, this.#heldAt] = [held, this.#clock.monotonic()];
    return held;
  }

  async #round(): Promise<'something' | 'nothing'> {
    const held = await this.#look();
    const leads = await this.#options.leads(held);
    let read: 'something' | 'nothing' = 'nothing';
    for (const topic of this.#topics) {
      const wanted = held
        .filter((each) => each.topic === topic)
        .flatMap(({ partition, low }) => {
          const from = this.#positions.get(partitionKey(topic, partition));
          const to = leads.get(partitionKey(topic, partition));
          if (from === undefined || to === undefined || from >= to) return [];
          return [{ partition, from: from < low ? low : from, to }];
        });
      if (wanted.length === 0 || this.#signal.aborted || this.isPaused) continue;
      await this.#read(topic, wanted);
      read = 'something';
    }
    return read;
  }

  async #read(topic: string, wanted: readonly { partition: number; from: bigint; to: bigint }[]): Promise<void> {
    const ready = new Map<number, LogRecord[]>();
    for await (const record of untilAborted(this.#options.ranges.read(topic, wanted), this.#signal)) {
      const records = ready.get(record.partition) ?? [];
      records.push(record);
      ready.set(record.partition, records);
      if (records.length < BATCH) continue;
      await this.#deliver(topic, record.partition, records, record.offset + 1n);
      ready.delete(record.partition);
      if (this.isPaused) return;
    }
    // Offsets without records are passed as well: the end of a range may be one.
    if (this.#signal.aborted) return;
    for (const { partition, to } of wanted) await this.#deliver(topic, partition, ready.get(partition) ?? [], to);
  }

  async #deliver(topic: string, partition: number, records: readonly LogRecord[], nextOffset: bigint): Promise<void> {
    await this.#options.pace(records.length, this.#signal);
    if (this.#signal.aborted) return;
    await this.#handler.deliver({ topic, partition, records, nextOffset });
    this.#positions.set(partitionKey(topic, partition), nextOffset);
  }
}

function isLost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === LOST;
}

/** The same records, until the signal aborts: whoever stops does not wait for a broker. */
async function* untilAborted(
  records: AsyncGenerator<LogRecord, void, undefined>,
  signal: AbortSignal,
): AsyncGenerator<LogRecord> {
  const aborted = Promise.withResolvers<'aborted'>();
  const onAbort = () => aborted.resolve('aborted');
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      const next = await Promise.race([records.next(), aborted.promise]);
      if (next === 'aborted' || next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    void records.return().catch(() => undefined);
  }
}
