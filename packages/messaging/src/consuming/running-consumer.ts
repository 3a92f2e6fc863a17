import { type Clock, systemClock } from '../clock.ts';
import { WaybillError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { PartitionBounds, SchemaRegistry, Subscriber, Subscription, TopicReader } from '../log.ts';
import type { Outbox } from '../publishing/create-outbox.ts';
import { decideStart, type FirstRead, firstOffset, HistoryLostError } from './assignment.ts';
import { bootstrap } from './bootstrap.ts';
import type { ConsumerDefinition } from './consumer.ts';
import { type ConsumerContext, type ConsumerCounters, newCounters } from './consumer-context.ts';
import { ConsumerPauses, type Hold } from './consumer-pauses.ts';
import { withDeliveryMiddleware } from './delivery.ts';
import { deliverBatch } from './delivering.ts';
import { type BreakerStatus, DependencyBreakers } from './dependency-breakers.ts';
import { HandlerPaces } from './handler-paces.ts';
import type { EntityKey, InboxStore, PartitionClaim } from './inbox-store.ts';
import { ParkedWorker } from './parked-worker.ts';
import type { ProducerSource } from './producer-source.ts';
import { recordReader } from './record-reader.ts';
import { reconcileFromSnapshot } from './reconciling.ts';
import { backoffMs, retryBudget } from './retry.ts';
import { PartitionLostError } from './segment.ts';
import { topicsOf } from './topics.ts';
import type { OperationalFacts } from '../operating/facts.ts';
import { WakeSignal } from '../wake-signal.ts';

export interface StartConsumerOptions {
  readonly definition: ConsumerDefinition;
  readonly store: InboxStore;
  readonly subscriber: Subscriber;
  readonly topics: TopicReader;
  readonly registry: SchemaRegistry;
  readonly outbox: Outbox;
  readonly producers: ProducerSource;
  readonly log: Logger;
  /** Whether handlers of this service need entities of this projection. */
  readonly hasDependents: boolean;
  /** Wakes the other consumers of this service, since what they wait for may have come. */
  wakeDependents(): void;
  /** Brings an entity into another projection of this service; false when its producer does not know it. */
  provide(projection: string, key: EntityKey): Promise<boolean>;
  /** Why it must not begin yet, as {@link RunningConsumer.hold} has it. */
  readonly held?: Hold | undefined;
  /** Where what happens in its operation is told; nowhere when left out. */
  readonly facts?: OperationalFacts | undefined;
  readonly clock?: Clock;
}

export type ConsumerState = 'starting' | 'consuming' | 'paused' | 'unhealthy' | 'failed' | 'stopped';

export interface ConsumerStatus {
  readonly name: string;
  readonly state: ConsumerState;
  /** Why it is paused, unhealthy or failed. */
  readonly reason: string | undefined;
  readonly counters: Readonly<ConsumerCounters>;
  /** What its handlers call, and whether it is called now. */
  readonly breakers: readonly BreakerStatus[];
}

export interface RunningConsumer {
  status(): ConsumerStatus;
  /** Looks at what is parked soon. */
  wake(): void;
  /**
   * Has it stand still for a reason, or go on when there is none: nothing is pulled, and nothing that is parked is worked on,
   * unless new events alone are held. What is under way ends, and its place in the group stays.
   */
  hold(hold: Hold | undefined): void;
  /** Brings an entity into this projection from its producer's snapshot; false when there is none. */
  provide(key: EntityKey): Promise<boolean>;
  /** Deals with what is under way, for `deadlineMs` at most, and leaves the group. */
  stop(deadlineMs?: number): Promise<void>;
  /** Fulfilled after {@link stop}; rejected when the consumer cannot go on, as when history is lost. */
  readonly ended: Promise<void>;
}

/** A batch that came while the consumer was held. */
class HeldError extends WaybillError {
  constructor(consumer: string, reason: string) {
    super(
      'consumer.held',
      `${consumer} stands still (${reason}). Its events wait until that ends; nothing is to be done.`,
    );
  }
}

const RESTART = { baseMs: 200, capMs: 10_000 };

/** Starts a consumer: its subscription, and the work on what is parked. It goes on until stopped. */
export function startConsumer(options: StartConsumerOptions): RunningConsumer {
  return new Running(options);
}

class Running implements RunningConsumer {
  readonly ended: Promise<void>;
  readonly #options: StartConsumerOptions;
  readonly #c: ConsumerContext;
  readonly #abort = new AbortController();
  readonly #draining = new AbortController();
  readonly #parkedWork: WakeSignal;
  readonly #claims = new Map<string, PartitionClaim>();
  readonly #pauses: ConsumerPauses;
  #subscription: Subscription | undefined;
  #state: ConsumerState = 'starting';
  #problem: string | undefined;
  #firstRead: FirstRead;
  /** When a handler last published; the relay need not be woken for a consumer that never does. */
  #publishedAt = -Infinity;

  constructor(options: StartConsumerOptions) {
    this.#options = options;
    const { definition, store, log } = options;
    const clock = options.clock ?? systemClock;
    this.#parkedWork = new WakeSignal(clock);
    this.#pauses = new ConsumerPauses({
      ...{ consumer: definition.name, clock, log, store, facts: options.facts, held: options.held },
      follow: () => this.#followPauses(),
      wakeParked: () => this.#parkedWork.wake(),
      wakeRelay: () => options.outbox.wake(),
    });
    this.#firstRead = definition.from === 'now' ? { at: 'latest' } : { at: 'earliest' };
    this.#c = {
      definition,
      store,
      reader: recordReader(definition, options.registry, clock),
      producers: options.producers,
      publish: async (tx, contract, event) => {
        this.#publishedAt = clock.monotonic();
        return options.outbox.publish(tx, contract, event);
      },
      log,
      clock,
      budget: retryBudget(definition.retry, clock.now()),
      stopping: this.#abort.signal,
      counters: newCounters(),
      paces: new HandlerPaces(),
      breakers: new DependencyBreakers(() => clock.now()),
      facts: options.facts,
      wakeParked: () => this.#parkedWork.wake(),
      wakeRelay: () => {
        // A transaction lasts no longer than its handlers may take; one that published nothing has nothing to say.
        if (clock.monotonic() - this.#publishedAt <= 2 * definition.handlerTimeoutMs) options.outbox.wake();
      },
      pause: (dependency, probeAfterMs) => this.#pauses.pauseFor(dependency, probeAfterMs),
      hasDependents: options.hasDependents,
      wakeDependents: () => options.wakeDependents(),
      provide: async (projection, key) => options.provide(projection, key),
    };
    this.ended = this.#run();
    // Whoever does not look at `ended` still sees the state; an unobserved failure must not end the process.
    this.ended.catch(() => undefined);
  }

  status(): ConsumerStatus {
    const { definition, counters, breakers } = this.#c;
    const reason = this.#pauses.reason ?? this.#problem;
    return { name: definition.name, state: this.#state, reason, counters, breakers: breakers.status };
  }

  hold(hold: Hold | undefined): void {
    this.#pauses.hold(hold);
  }

  #followPauses(): void {
    if (this.#subscription === undefined) return;
    if (this.#pauses.reason === undefined) {
      this.#state = 'consuming';
      this.#subscription.resume();
    } else {
      this.#state = 'paused';
      this.#subscription.pause();
    }
  }

  wake(): void {
    this.#parkedWork.wake();
  }

  async provide(key: EntityKey): Promise<boolean> {
    return reconcileFromSnapshot(this.#c, key, 1);
  }

  async stop(deadlineMs = 10_000): Promise<void> {
    const inTime = this.#c.clock.after(deadlineMs, () => this.#abort.abort(new Error('the consumer is stopping')));
    this.#draining.abort();
    this.#parkedWork.wake();
    try {
      await this.#subscription?.stop();
      await this.ended.catch(() => undefined);
      await this.#pauses.told();
    } finally {
      inTime();
      this.#abort.abort(new Error('the consumer has stopped'));
    }
  }

  async #run(): Promise<void> {
    try {
      await this.#subscribe();
      const worker = new ParkedWorker(this.#c, {
        work: this.#parkedWork,
        stopping: this.#draining.signal,
        probe: () => this.#pauses.nextProbe(),
        isHeld: () => this.#pauses.held?.of === 'everything',
      }).run();
      await Promise.race([this.#subscription?.ended, worker]);
      // Whoever stopped it while it was starting had no subscription to stop yet.
      await this.#subscription?.stop();
      this.#draining.abort();
      this.#parkedWork.wake();
      await Promise.all([this.#subscription?.ended, worker]);
      this.#state = 'stopped';
    } catch (error) {
      this.#draining.abort();
      this.#parkedWork.wake();
      this.#state = 'failed';
      this.#problem = error instanceof Error ? error.message : String(error);
      this.#c.log.error({ consumer: this.#c.definition.name, problem: this.#problem }, 'the consumer cannot go on');
      throw error;
    }
  }

  /** Fills the projection and joins the group; tries again for as long as something that it needs is down. */
  async #subscribe(): Promise<void> {
    const { definition, clock, log } = this.#c;
    for (let attempt = 1; !this.#draining.signal.aborted; attempt += 1) {
      try {
        const eventsFrom = await bootstrap(this.#c, this.#options.topics);
        if (eventsFrom !== undefined) this.#firstRead = { at: 'time', ms: eventsFrom };
        this.#subscription = await this.#join();
        this.#problem = undefined;
        if (this.#pauses.held !== undefined) this.#followPauses();
        return;
      } catch (error) {
        if (error instanceof HistoryLostError) throw error;
        this.#problem = error instanceof Error ? error.message : String(error);
        log.warn(
          { consumer: definition.name, problem: this.#problem, attempt },
          'the consumer cannot start yet; it tries again',
        );
        await clock.sleep(100 + backoffMs(attempt, RESTART, clock.random()), this.#draining.signal);
      }
    }
  }

  async #join(): Promise<Subscription> {
    const { definition } = this.#c;
    const deliver = withDeliveryMiddleware(
      async (batch) => {
        const claim = this.#claims.get(`${batch.topic}/${batch.partition}`);
        if (claim === undefined) throw new PartitionLostError({ consumer: definition.name, ...batch });
        await deliverBatch(this.#c, claim, batch);
      },
      { consumer: definition.name, kind: definition.kind },
    );
    return this.#options.subscriber.subscribe(
      { group: definition.name, topics: topicsOf(definition) },
      {
        assigned: async (partitions) => this.#assigned(partitions),
        deliver: async (batch) => {
          // It was on its way when the pause began; it comes again when that ends.
          const { held } = this.#pauses;
          if (held !== undefined) throw new HeldError(definition.name, held.reason);
          try {
            await deliver(batch);
          } catch (error) {
            if (error instanceof PartitionLostError) this.#claims.delete(`${batch.topic}/${batch.partition}`);
            throw error;
          }
        },
        health: (problem) => {
          this.#problem = problem?.message;
          if (problem !== undefined) this.#state = 'unhealthy';
          else this.#state = this.#pauses.reason === undefined ? 'consuming' : 'paused';
        },
      },
    );
  }

  async #assigned(partitions: readonly PartitionBounds[]) {
    const { store, definition } = this.#c;
    const claimed = await store.claimPartitions(definition.name, partitions);
    const starts = [];
    for (const claim of claimed) {
      const bounds = partitions.find(({ topic, partition }) => topic === claim.topic && partition === claim.partition);
      if (bounds === undefined) throw new Error('the store claimed a partition that was not assigned');
      const decision = decideStart(claim, bounds);
      let start = decision.start === 'stored' ? decision.offset : undefined;
      if (start === undefined) {
        start = await firstOffset(this.#firstRead, bounds);
        // Were it read all the same, what comes before its next claim could be taken for older than the consumer.
        if (!(await store.startPartition(claim, start))) throw new PartitionLostError(claim);
      }
      this.#claims.set(`${claim.topic}/${claim.partition}`, claim);
      starts.push({ topic: claim.topic, partition: claim.partition, start });
    }
    return starts;
  }
}
