import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Queryable } from '../database.ts';
import type { Publish } from '../publishing/outbox.ts';
import type { OperationalFacts } from '../operating/facts.ts';
import type { ConsumerDefinition } from './consumer.ts';
import type { HandlerPaces } from './handler-paces.ts';
import type { DependencyBreakers } from './dependency-breakers.ts';
import type { EntityKey, InboxStore } from './inbox-store.ts';
import type { ProducerSource } from './producer-source.ts';
import type { RecordReader } from './record-reader.ts';
import type { RetryBudget } from './retry.ts';

/** What the parts of one running consumer share. */
export interface ConsumerContext {
  readonly definition: ConsumerDefinition;
  readonly store: InboxStore;
  readonly reader: RecordReader;
  readonly producers: ProducerSource;
  readonly publish: Publish<Queryable>;
  readonly log: Logger;
  readonly clock: Clock;
  readonly budget: RetryBudget;
  /** Aborts when the consumer must end now. */
  readonly stopping: AbortSignal;
  readonly counters: ConsumerCounters;
  readonly paces: HandlerPaces;
  readonly breakers: DependencyBreakers;
  /** Where what happens in operation is told; undefined when nobody wants to know. */
  readonly facts?: OperationalFacts | undefined;
  /** Looks at the parked queue soon. */
  wakeParked(): void;
  /** Wakes the relay, since events were published in a transaction that is now committed. */
  wakeRelay(): void;
  /** Stops pulling until a probe succeeds. */
  pause(dependency: string, probeAfterMs: number): void;
  /** Whether other consumers of this service wait for entities of this projection. */
  readonly hasDependents: boolean;
  /** Wakes those consumers, once what they may wait for is committed. */
  wakeDependents(): void;
  /** Brings an entity into a projection of this service from its producer's snapshot; false when there is none. */
  provide(projection: string, key: EntityKey): Promise<boolean>;
}

/** Counted since the process started; information, never part of a verdict. */
export interface ConsumerCounters {
  handled: number;
  duplicates: number;
  covered: number;
  parked: number;
  reconciled: number;
  failures: number;
}

export function newCounters(): ConsumerCounters {
  return { handled: 0, duplicates: 0, covered: 0, parked: 0, reconciled: 0, failures: 0 };
}
