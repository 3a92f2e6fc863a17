import {
  CannotFollowError,
  type Clock,
  type LogRecord,
  type PartitionBounds,
  type Subscription,
  type SubscriptionHandler,
} from '@waybill/messaging';
import type { Wire } from '../wire.ts';
import type { AssignedPartition, JoinedGeneration } from './group.ts';
import { BrokerError, type MemoryLog } from './memory-log.ts';

export interface MembershipOptions {
  readonly log: MemoryLog;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly maxBatchRecords: number;
  readonly group: string;
  readonly topics: readonly string[];
  readonly handler: SubscriptionHandler;
}

/** Failed deliveries in a row after which the handler is asked anew where the partition is at. */
const ASSIGN_ANEW_AFTER = 4;
const COMMIT_MS = 1_000;
const REST = { baseMs: 50, capMs: 2_000 };

interface PartitionState extends AssignedPartition {
  position: bigint;
  failures: number;
}

/** One member of a group: it joins, reads what it is given until the group changes, and joins again. */
export class GroupMembership implements Subscription {
  readonly ended: Promise<void>;
  readonly #options: MembershipOptions;
  readonly #over = new AbortController();
  readonly #uncommitted = new Map<string, bigint>();
  #id = '';
  /** The present generation of the group, until it ends for this member. */
  #current: { readonly generation: number; readonly abort: AbortController } | undefined;
  /** Generations up to this one were called back. */
  #calledBack = -1;
  #isPaused = false;
  #resumed = Promise.withResolvers<void>();
  #failures = 0;
  #committedAt = -Infinity;
  #callOff: () => void = () => undefined;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.ended = this.#run();
    this.ended.catch(() => undefined);
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#resumed = Promise.withResolvers();
  }

  resume(): void {
    this.#isPaused = false;
    this.#resumed.resolve();
  }

  async stop(): Promise<void> {
    this.#over.abort('over');
    this.#current?.abort.abort('over');
    await this.ended.catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { clock, handler, wire, log, group } = this.#options;
    this.#renew();
    while (!this.#over.signal.aborted) {
      try {
        await this.#oneGeneration();
      } catch (error) {
        if (error instanceof CannotFollowError) {
          this.#leave();
          throw error;
        }
        if (this.#over.signal.aborted) break;
        // The client died: a new one joins, and the broker finds out about the old one some time.
        this.#leave();
        this.#renew();
        handler.health(error instanceof Error ? error : new Error(String(error)));
        this.#failures += 1;
        await clock.sleep(this.#restMs(this.#failures), this.#over.signal);
      }
    }
    await wire.call('leave', () => log.group(group).leave(this.#id)).catch(() => this.#leave());
    this.#callOff();
  }

  #renew(): void {
    const { wire, log, group } = this.#options;
    const id = log.nextMemberId();
    this.#callOff();
    this.#callOff = wire.onDeath(() => log.group(group).leave(id));
    this.#id = id;
    this.#calledBack = -1;
  }

  #leave(): void {
    const { wire, log, group } = this.#options;
    const id = this.#id;
    wire.gone(() => log.group(group).leave(id));
  }

  /** From joining until the group changes, the subscription ends, or the client dies. */
  async #oneGeneration(): Promise<void> {
    const abort = new AbortController();
    const joined = await this.#join();
    if (this.#over.signal.aborted || this.#calledBack >= joined.generation) return;
    this.#current = { generation: joined.generation, abort };
    const reading: Promise<void>[] = [];
    try {
      const states = await this.#begin(joined.partitions, abort.signal);
      for (const state of states) reading.push(this.#read(state, abort.signal));
      if (!abort.signal.aborted) this.#well();
      if (states.length === 0) await untilAborted(abort.signal);
      await Promise.all(reading);
    } finally {
      abort.abort('over');
      await Promise.allSettled(reading);
      await this.#commit(joined.generation);
      this.#current = undefined;
    }
  }

  async #join(): Promise<JoinedGeneration> {
    const { wire, log, group, topics } = this.#options;
    const id = this.#id;
    return wire.call('join', () => {
      log.requireUp();
      for (const topic of topics) log.partitions(topic);
      return log.group(group).join(id, topics, (generation) => {
        wire.push('rebalance', () => this.#callBack(id, generation));
      });
    });
  }

  #callBack(id: string, generation: number): void {
    if (id !== this.#id) return;
    this.#calledBack = Math.max(this.#calledBack, generation);
    if (this.#current !== undefined && this.#current.generation <= generation) this.#current.abort.abort('over');
  }

  /** Asks where each partition is read from. */
  async #begin(partitions: readonly AssignedPartition[], signal: AbortSignal): Promise<PartitionState[]> {
    const { handler, clock } = this.#options;
    let refusals = 0;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const bounds = await this.#boundsOf(partitions);
      try {
        return startPositions(bounds, await handler.assigned(bounds));
      } catch (error) {
        if (signal.aborted) break;
        // Another member may have stored a position beyond what the log held when it was asked.
        refusals = error instanceof CannotFollowError ? refusals + 1 : 0;
        if (refusals > 1) throw error;
        handler.health(error instanceof Error ? error : new Error(String(error)));
        await clock.sleep(this.#restMs(attempt), signal);
      }
    }
    return [];
  }

  async #boundsOf(partitions: readonly AssignedPartition[]): Promise<PartitionBounds[]> {
    const { wire, log, group } = this.#options;
    return wire.call('bounds', () => {
      log.requireUp();
      return partitions.map(({ topic, partition }) => {
        const { low, high } = log.partition(topic, partition);
        return {
          topic,
          partition,
          low,
          high,
          committed: log.group(group).committed.get(partitionKey(topic, partition)),
          offsetAt: async (ms: number) =>
            wire.call('offset at', () => {
              log.requireUp();
              return log.partition(topic, partition).records.find(({ timestamp }) => timestamp >= ms)?.offset ?? high;
            }),
        };
      });
    });
  }

  async #read(state: PartitionState, signal: AbortSignal): Promise<void> {
    const { handler, clock } = this.#options;
    const { topic, partition } = state;
    while (!signal.aborted) {
      if (this.#isPaused) {
        await Promise.race([this.#resumed.promise, untilAborted(signal)]);
        continue;
      }
      const records = await this.#fetch(state, signal);
      const last = records.at(-1);
      if (last === undefined || signal.aborted || this.#isPaused) continue;
      const nextOffset = last.offset + 1n;
      try {
        await handler.deliver({ topic, partition, records, nextOffset });
        state.position = nextOffset;
        state.failures = 0;
        this.#uncommitted.set(partitionKey(topic, partition), nextOffset);
        await this.#commitWhenDue();
      } catch {
        state.failures += 1;
        await clock.sleep(this.#restMs(state.failures), signal);
        if (state.failures % ASSIGN_ANEW_AFTER === 0) await this.#assignAnew(state, signal);
      }
    }
  }

  async #fetch(state: PartitionState, signal: AbortSignal): Promise<readonly LogRecord[]> {
    const { wire, log, maxBatchRecords } = this.#options;
    const { topic, partition, position } = state;
    try {
      return await wire.call(`fetch ${topic}/${partition}`, async () => {
        log.requireUp();
        const found = log.partition(topic, partition);
        if (position < found.low || position > found.high) throw new BrokerError('OFFSET_OUT_OF_RANGE', 'out of range');
        if (position === found.high) await found.appended(signal);
        return found.from(position, maxBatchRecords);
      });
    } catch (error) {
      if (!(error instanceof BrokerError && error.code === 'OFFSET_OUT_OF_RANGE')) throw error;
      await this.#assignAnew(state, signal);
      return [];
    }
  }

  async #assignAnew(state: PartitionState, signal: AbortSignal): Promise<void> {
    const [again] = await this.#begin([state], signal);
    if (again === undefined || signal.aborted) return;
    state.position = again.position;
    this.#well();
  }

  async #commitWhenDue(): Promise<void> {
    if (this.#options.clock.monotonic() - this.#committedAt < COMMIT_MS) return;
    if (this.#current !== undefined) await this.#commit(this.#current.generation);
  }

  /** Commits to the log are for tools to see: a failed one is let go. */
  async #commit(generation: number): Promise<void> {
    const { wire, log, group, clock } = this.#options;
    this.#committedAt = clock.monotonic();
    const offsets = new Map(this.#uncommitted);
    this.#uncommitted.clear();
    if (offsets.size === 0) return;
    await wire.call('commit', () => log.group(group).commit(this.#id, generation, offsets)).catch(() => undefined);
  }

  #well(): void {
    this.#failures = 0;
    this.#options.handler.health(undefined);
  }

  #restMs(failures: number): number {
    return Math.ceil(this.#options.clock.random() * Math.min(REST.capMs, REST.baseMs * 2 ** Math.min(failures, 20)));
  }
}

/** @throws {CannotFollowError} when a start lies outside what the log holds: a client would jump in silence. */
function startPositions(
  bounds: readonly PartitionBounds[],
  starts: readonly { readonly topic: string; readonly partition: number; readonly start: bigint }[],
): PartitionState[] {
  return bounds.map(({ topic, partition, low, high }) => {
    const start = starts.find((each) => each.topic === topic && each.partition === partition)?.start;
    if (start === undefined || start < low || start > high) {
      throw new CannotFollowError(
        'log.start-offset',
        `${topic}/${partition}: offset ${start} was asked for, and the log holds ${low} to ${high}`,
      );
    }
    return { topic, partition, position: start, failures: 0 };
  });
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

export function partitionKey(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
