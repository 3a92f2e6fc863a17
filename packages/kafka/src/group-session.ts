import { CannotFollowError } from '@waybill/messaging';
import type { Logger, PartitionBounds, RecordBatch, SubscriptionHandler } from '@waybill/messaging';
import type { Batch, Consumer, EachBatchPayload } from 'kafkajs';
import { fullJitterMs, pauseFor } from './backoff.ts';
import { brokerError } from './broker-error.ts';
import { openClient } from './connection.ts';
import { keepHeartBeating } from './heart.ts';
import type { Heart } from './heart.ts';
import { asError, settledBy } from './settling.ts';
import type { ClientTimeouts, KafkaClient, KafkaConnection } from './connection.ts';
import { OffsetCommits } from './offset-commits.ts';
import { partitionBounds } from './partition-bounds.ts';
import type { Assignment } from './partition-bounds.ts';
import { logRecord } from './records.ts';
import { partitionKey, startPositions } from './start-positions.ts';
import type { Start } from './start-positions.ts';

export interface SessionOptions {
  readonly connection: KafkaConnection;
  readonly group: string;
  readonly topics: readonly string[];
  readonly handler: SubscriptionHandler;
  readonly timeouts: ClientTimeouts;
  readonly maxBatchRecords: number;
  readonly maxBytesPerPartition: number;
  readonly maxBytes: number;
  readonly concurrency: number;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly maxWaitMs: number;
  readonly isPaused: () => boolean;
  /** It reads from the positions that `assigned` gave. */
  readonly onReady: () => void;
  /** The client died, and must be replaced by a new session. */
  readonly onCrash: (error: Error) => void;
  /** `assigned` cannot answer now; it is asked again. */
  readonly onTrouble: (error: Error) => void;
  /** `assigned` answered what cannot be followed: the subscription is over. */
  readonly onRefused: (error: Error) => void;
}

/** Failed deliveries in a row after which the handler is asked anew where the partition is at. */
const assignAnewAfter = 4;

/** What a partition is at, in the current generation. */
interface PartitionState {
  readonly topic: string;
  readonly partition: number;
  position: bigint;
  failures: number;
  resting: boolean;
  /** The position from which it was fetched once more, because the client had gone on without a record from there. */
  fetchedAnewAt: bigint | undefined;
}

interface Generation {
  readonly abort: AbortController;
  readonly partitions: Map<string, PartitionState>;
  ready: Promise<void>;
  isReady: boolean;
}

/** One client's life in a group, from joining to its death or its leaving. */
export class GroupSession {
  readonly #options: SessionOptions;
  readonly #log: Logger;
  readonly #client: KafkaClient;
  readonly #consumer: Consumer;
  readonly #commits = new OffsetCommits(1_000);
  readonly #delivering = new Set<Promise<void>>();
  readonly #ended = new AbortController();
  #generation: Generation | undefined;
  #lastSignAt = Date.now();
  #committing: Promise<void> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#log = options.connection.log.child({ group: options.group });
    this.#client = openClient(options.connection, options.timeouts);
    this.#consumer = this.#client.kafka.consumer({
      groupId: options.group,
      sessionTimeout: options.sessionTimeoutMs,
      rebalanceTimeout: options.rebalanceTimeoutMs,
      heartbeatInterval: Math.floor(options.sessionTimeoutMs / 10),
      maxBytesPerPartition: options.maxBytesPerPartition,
      maxBytes: options.maxBytes,
      maxWaitTimeInMs: options.maxWaitMs,
      metadataMaxAge: 60_000,
      allowAutoTopicCreation: false,
      // The supervisor replaces a client that died, so kafkajs must not restart it too.
      retry: { ...options.timeouts.retry, restartOnFailure: () => Promise.resolve(false) },
    });
  }

  /** Joins the group; returns once reading has begun or failed, which the callbacks tell. */
  async start(): Promise<void> {
    const { events } = this.#consumer;
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => this.#begin(payload.memberAssignment));
    this.#consumer.on(events.REBALANCING, () => void this.#commit());
    this.#consumer.on(events.CRASH, ({ payload }) => this.#crash(payload.error));
    for (const sign of [
      events.HEARTBEAT,
      events.FETCH,
      events.GROUP_JOIN,
      events.END_BATCH_PROCESS,
      events.REBALANCING,
    ] as const) {
      this.#consumer.on(sign, () => this.#sign());
    }
    const ticking = setInterval(() => this.#commits.isDue && void this.#commit(), 1_000);
    this.#ended.signal.addEventListener('abort', () => clearInterval(ticking), { once: true });
    try {
      await this.#consumer.connect();
      await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true });
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: this.#options.concurrency,
        eachBatch: (payload) => this.#eachBatch(payload),
      });
    } catch (error) {
      this.#crash(asError(error));
    }
  }

  /** Milliseconds since the client last showed that it lives; 0 while records are being dealt with. */
  get silentMs(): number {
    return this.#delivering.size > 0 ? 0 : Date.now() - this.#lastSignAt;
  }

  /** Settles when no delivery is under way any more. */
  async delivered(): Promise<void> {
    await Promise.allSettled(this.#delivering);
  }

  /** Pauses and resumes what should be, by the subscription's wish and each partition's rest. */
  applyPauses(): void {
    if (this.#ended.signal.aborted) return;
    for (const { topic, partition, resting } of this.#generation?.partitions.values() ?? []) {
      const target = [{ topic, partitions: [partition] }];
      try {
        if (resting || this.#options.isPaused()) this.#consumer.pause(target);
        else this.#consumer.resume(target);
      } catch (error) {
        this.#log.debug({ topic, partition }, `Could not pause or resume: ${asError(error).message}`);
      }
    }
  }

  /** Lets the delivery under way end, commits, and leaves; after the deadline it leaves without waiting. */
  async stop(deadlineMs: number): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    const left = (): AbortSignal => AbortSignal.timeout(Math.max(1, deadline - Date.now()));
    this.#finish();
    this.#pauseAll();
    await settledBy(this.delivered(), left());
    await settledBy(this.#commit(), left());
    await settledBy(this.#consumer.disconnect(), left());
    this.#client.sever();
  }

  /** Ends at once, without leaving the group in good order. */
  kill(): void {
    this.#finish();
    this.#client.sever();
    void this.#consumer.disconnect().catch(() => undefined);
  }

  #finish(): void {
    this.#ended.abort();
    this.#generation?.abort.abort();
  }

  #pauseAll(): void {
    try {
      this.#consumer.pause(this.#options.topics.map((topic) => ({ topic })));
    } catch {
      // It never began to run, so there is nothing to pause.
    }
  }

  #sign(): void {
    this.#lastSignAt = Date.now();
  }

  #crash(error: Error): void {
    if (this.#ended.signal.aborted) return;
    this.#finish();
    this.#client.sever();
    this.#options.onCrash(error);
  }

  #begin(assignment: Assignment): void {
    const previous = this.#generation;
    previous?.abort.abort();
    this.#commits.clear();
    const generation: Generation = {
      abort: new AbortController(),
      partitions: new Map(),
      ready: Promise.resolve(),
      isReady: false,
    };
    this.#generation = generation;
    // One delivery at a time for a partition, and `assigned` must see what the last one stored.
    generation.ready = Promise.allSettled([previous?.ready, ...this.#delivering])
      .then(() => this.#assign(generation, assignment))
      .catch((error: unknown) => this.#crash(asError(error)));
  }

  async #assign(generation: Generation, assignment: Assignment): Promise<void> {
    const starts = await this.#startsOf(generation, assignment);
    if (starts === undefined || generation.abort.signal.aborted) return;
    for (const { topic, partition, start } of starts) {
      generation.partitions.set(partitionKey(topic, partition), {
        topic,
        partition,
        position: start,
        failures: 0,
        resting: false,
        fetchedAnewAt: undefined,
      });
      this.#consumer.seek({ topic, partition, offset: start.toString() });
    }
    generation.isReady = true;
    this.applyPauses();
    this.#log.debug(
      {
        partitions: Object.fromEntries(
          starts.map((each) => [partitionKey(each.topic, each.partition), each.start.toString()]),
        ),
      },
      'Reading from here.',
    );
    this.#options.onReady();
  }

  async #startsOf(generation: Generation, assignment: Assignment): Promise<readonly Start[] | undefined> {
    let refusals = 0;
    for (let attempt = 0; ; attempt += 1) {
      const bounds = await this.#boundsOf(generation, assignment);
      if (bounds === undefined) return undefined;
      try {
        return startPositions(bounds, await this.#options.handler.assigned(bounds));
      } catch (error) {
        if (generation.abort.signal.aborted) return undefined;
        // Another member may have stored a position beyond what the log held when it was asked.
        refusals = error instanceof CannotFollowError ? refusals + 1 : 0;
        if (refusals > 1) {
          this.#finish();
          this.#options.onRefused(asError(error));
          return undefined;
        }
        this.#options.onTrouble(asError(error));
        await pauseFor(fullJitterMs(attempt, { baseMs: 200, capMs: 5_000, floorMs: 100 }), generation.abort.signal);
      }
    }
  }

  async #boundsOf(generation: Generation, assignment: Assignment): Promise<PartitionBounds[] | undefined> {
    const { signal } = generation.abort;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        return await partitionBounds(this.#client, this.#options.group, assignment);
      } catch (error) {
        this.#log.warn(
          { code: brokerError(error).code },
          `Could not learn what the assigned partitions hold: ${asError(error).message}`,
        );
        await pauseFor(fullJitterMs(attempt, { baseMs: 200, capMs: 5_000, floorMs: 100 }), signal);
      }
    }
    return undefined;
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const generation = this.#generation;
    if (generation === undefined) return;
    const heart = keepHeartBeating(payload, Math.floor(this.#options.sessionTimeoutMs / 10));
    const work = this.#dealWith(generation, payload, heart);
    this.#delivering.add(work);
    try {
      await work;
    } finally {
      heart.stop();
      this.#delivering.delete(work);
      this.#sign();
    }
    heart.throwIfRebalancing();
  }

  async #dealWith(generation: Generation, payload: EachBatchPayload, heart: Heart): Promise<void> {
    const { batch } = payload;
    const wasReady = generation.isReady;
    await generation.ready;
    const state = generation.partitions.get(partitionKey(batch.topic, batch.partition));
    if (state === undefined || !this.#mayRead(generation, state) || payload.isStale()) return;
    if (!(await this.#isInPlace(generation, state, batch, wasReady))) return;

    const messages = batch.messages.filter(({ offset }) => BigInt(offset) >= state.position);
    for (let from = 0; from < messages.length; from += this.#options.maxBatchRecords) {
      if (!this.#mayRead(generation, state) || heart.isRebalancing) break;
      const chunk = messages.slice(from, from + this.#options.maxBatchRecords);
      const last = chunk.at(-1);
      if (last === undefined) break;
      const lastOffset = from + chunk.length === messages.length ? batch.lastOffset() : last.offset;
      const nextOffset = BigInt(lastOffset) + 1n;
      const records = chunk.map((message) => logRecord(batch.topic, batch.partition, message));
      if (
        !(await this.#deliver(generation, state, {
          topic: batch.topic,
          partition: batch.partition,
          records,
          nextOffset,
        }))
      )
        return;
      payload.resolveOffset(lastOffset);
    }
    if (heart.isRebalancing || this.#commits.isDue) await this.#commit();
  }

  async #deliver(generation: Generation, state: PartitionState, batch: RecordBatch): Promise<boolean> {
    try {
      await this.#options.handler.deliver(batch);
    } catch (error) {
      this.#rest(generation, state, asError(error));
      return false;
    }
    if (generation.abort.signal.aborted && this.#generation !== generation) return false;
    state.position = batch.nextOffset;
    state.failures = 0;
    this.#commits.note(batch.topic, batch.partition, batch.nextOffset);
    return true;
  }

  #mayRead(generation: Generation, { resting }: PartitionState): boolean {
    return generation === this.#generation && !generation.abort.signal.aborted && !resting && !this.#options.isPaused();
  }

  /** Whether the batch was fetched from where the partition is at; when not, it is set right. */
  async #isInPlace(generation: Generation, state: PartitionState, batch: Batch, wasReady: boolean): Promise<boolean> {
    const fetched = fetchedOffset(batch);
    if (fetched === state.position) return true;
    if (!wasReady) {
      // Fetched before the positions were known.
      this.#seek(state);
      return false;
    }
    const bounds = await this.#boundsOf(generation, { [state.topic]: [state.partition] });
    const [bound] = bounds ?? [];
    if (bound === undefined || generation.abort.signal.aborted) return false;
    if (fetched > state.position && bound.low <= state.position) {
      // What lies between should hold no records, but the markers of transactions. Were that wrong, events would be lost:
      // it is fetched once more from there before it is passed.
      if (state.fetchedAnewAt === state.position) return true;
      state.fetchedAnewAt = state.position;
      this.#seek(state);
      return false;
    }
    this.#log.warn(
      { topic: state.topic, partition: state.partition },
      `The log no longer has offset ${state.position}; it holds ${bound.low} to ${bound.high}.`,
    );
    await this.#assignAnew(generation, state);
    return false;
  }

  /** Asks the handler again where to read a partition from, since the log lost what it was at. */
  async #assignAnew(generation: Generation, state: PartitionState): Promise<void> {
    const [start] = (await this.#startsOf(generation, { [state.topic]: [state.partition] })) ?? [];
    if (start === undefined || generation.abort.signal.aborted) return;
    state.position = start.start;
    this.#seek(state);
    this.#options.onReady();
  }

  #seek({ topic, partition, position }: PartitionState): void {
    this.#consumer.seek({ topic, partition, offset: position.toString() });
  }

  #rest(generation: Generation, state: PartitionState, error: Error): void {
    if (generation.abort.signal.aborted) return;
    const restMs = fullJitterMs(state.failures, { baseMs: 200, capMs: 10_000, floorMs: 50 });
    state.failures += 1;
    state.resting = true;
    this.#log.warn(
      { topic: state.topic, partition: state.partition, offset: state.position.toString(), restMs, err: error },
      'A batch was not dealt with; it is delivered again.',
    );
    this.#seek(state);
    this.applyPauses();
    void pauseFor(restMs, generation.abort.signal).then(() => this.#goOn(generation, state));
  }

  async #goOn(generation: Generation, state: PartitionState): Promise<void> {
    try {
      // A member that has gone may have taken the partition in the handler's eyes, whereas the group gives it to us.
      if (state.failures >= assignAnewAfter) await this.#assignAnew(generation, state);
    } catch (error) {
      this.#log.debug({ topic: state.topic, partition: state.partition }, `Could not seek: ${asError(error).message}`);
    }
    state.resting = false;
    if (generation === this.#generation) this.applyPauses();
  }

  #commit(): Promise<void> {
    const offsets = this.#commits.take();
    if (offsets.length === 0) return this.#committing;
    this.#committing = this.#committing
      .then(() => this.#consumer.commitOffsets(offsets))
      .catch((error: unknown) =>
        this.#log.warn({ code: brokerError(error).code }, `Offsets were not committed: ${asError(error).message}`),
      );
    return this.#committing;
  }
}

/** kafkajs keeps where a batch was fetched from, and does not declare it. */
function fetchedOffset(batch: Batch): bigint {
  const offset: unknown = Reflect.get(batch, 'fetchedOffset');
  return BigInt(typeof offset === 'string' ? offset : (batch.firstOffset() ?? batch.lastOffset()));
}
