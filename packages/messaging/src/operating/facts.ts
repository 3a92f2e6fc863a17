import { type Envelope, envelopeFromHeaders } from '@waybill/contracts';
import type { EventToPark, ParkedEvent } from '../consuming/inbox-store.ts';
import type { FailureRecord, FailureVerdict } from '../consuming/retry.ts';
import type { Queryable } from '../database.ts';

/** An event as one consumer has it. */
export interface ConsumedEvent {
  readonly consumer: string;
  /** Of the event, or its place in the log where that could not be read. */
  readonly eventId: string;
  readonly tenant: string;
  /** Undefined where the event could not be read, as is what follows. */
  readonly type: string | undefined;
  readonly aggregateType: string | undefined;
  readonly aggregateId: string | undefined;
  readonly version: number | undefined;
  readonly correlationId: string | undefined;
  /** When it happened, not when it failed. */
  readonly time?: Date | undefined;
}

/** An event could not be handled. */
export interface EventFailure {
  readonly event: ConsumedEvent;
  /** It is tried again, or a person must look at it. */
  readonly state: 'retrying' | 'dead';
  /** Personal values are masked in it. */
  readonly failure: FailureRecord;
  /** Attempts made since it came or was redriven. */
  readonly attempts: number;
  readonly holdsEntity: boolean;
}

/** What became of an event that had failed, other than by a person's hand. */
export interface EventRecovery {
  readonly event: ConsumedEvent;
  /** By its handler; or nothing was left to do, since a snapshot covers it or another delivery was handled. */
  readonly how: 'handled' | 'superseded';
  readonly attempts: number;
}

/** A consumer stands still, or goes on, because something that its handlers call is down, or answers again. */
export interface DependencyPause {
  readonly consumer: string;
  readonly dependency: string;
}

/**
 * Where a consumer tells what happens in its operation. Each is told in the transaction that makes it so, and what is
 * thrown undoes that transaction: whoever implements it must only fail when the database does.
 */
export interface OperationalFacts {
  /**
   * Their parked rows are there already, and have {@link ParkedEvent.failureTold} from then on. With `untold`, those that
   * have it are left out.
   */
  failed(tx: Queryable, failures: readonly EventFailure[], which: 'untold' | 'all'): Promise<void>;
  /** Their parked rows are gone already. */
  recovered(tx: Queryable, recoveries: readonly EventRecovery[]): Promise<void>;
  /** A pause is this process's own and no row tells of it, so the transaction is one for the fact alone. */
  paused(tx: Queryable, pause: DependencyPause): Promise<void>;
  resumed(tx: Queryable, pause: DependencyPause): Promise<void>;
}

/**
 * Whether a failure is news: when nobody was told that the event fails, when it is the first attempt since it came or was
 * redriven, and when it was the last. The attempts between are not, so that a storm of retries makes no storm of facts.
 *
 * @param attempts attempts made so far, this one included.
 */
export function isNews(
  verdict: FailureVerdict['verdict'],
  attempts: number,
  before: Pick<ParkedEvent, 'failureTold'>,
): boolean {
  return before.failureTold !== true || verdict === 'dead' || (verdict === 'retry' && attempts === 1);
}

/** What is told of an event that is parked for the first time; undefined when it did not fail. */
export function failureOf(consumer: string, parked: EventToPark): EventFailure | undefined {
  const { envelope, record, origin, failure, reason, attempts, holdsEntity } = parked;
  if (failure === undefined) return undefined;
  const eventId = envelope?.id ?? `${record.topic}/${origin?.partition ?? ''}/${origin?.offset ?? ''}`;
  const state = reason === 'dead' ? 'dead' : 'retrying';
  return { event: consumed(consumer, eventId, envelope), state, failure, attempts, holdsEntity };
}

/** A parked event as it is told of. */
export function eventOf(consumer: string, { eventId, record }: Pick<ParkedEvent, 'eventId' | 'record'>): ConsumedEvent {
  let envelope: Envelope | undefined;
  try {
    envelope = envelopeFromHeaders(record.headers, record.key);
  } catch {
    // It is told of all the same, by its place.
  }
  return consumed(consumer, eventId, envelope);
}

function consumed(consumer: string, eventId: string, envelope: Envelope | undefined): ConsumedEvent {
  return {
    ...{ consumer, eventId, tenant: envelope?.tenant ?? '', type: envelope?.type },
    ...{ aggregateType: envelope?.aggregateType, aggregateId: envelope?.aggregateId },
    ...{ version: envelope?.aggregateVersion, correlationId: envelope?.correlationId },
    ...{ time: envelope?.time },
  };
}
