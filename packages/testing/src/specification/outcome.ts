import type { EventId } from '@waybill/contracts';
import type { ParkedReason, SkippedDelivery } from '@waybill/messaging';
import type { SpecifiedEvent } from './specified-event.ts';

export type Row = Readonly<Record<string, unknown>>;

/** An event that was published and committed. */
export interface PublishedEvent {
  readonly type: string;
  readonly id: EventId;
  readonly tenant: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly correlationId: string;
  readonly causationId: EventId | undefined;
  readonly data: unknown;
}

/** An event that waits in the end, or is dead. */
export interface ParkedOutcome {
  readonly consumer: string;
  readonly type: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly reason: ParkedReason;
  readonly attempts: number;
  /** Of its last failure. */
  readonly error: string | undefined;
}

/** What there is once everything that was delivered has been dealt with. */
export interface Outcome {
  /** What was published since `when`, in order. */
  readonly published: readonly PublishedEvent[];
  readonly parked: readonly ParkedOutcome[];
  /** Why deliveries since `when` had no effect, in order. */
  readonly skipped: readonly SkippedDelivery['reason'][];
  /** The rows of each table by its name, and of each query that was asked. */
  readonly rows: Readonly<Record<string, readonly Row[]>>;
}

/** What a test expects. What it leaves out is not looked at, but that an event is parked must always be expected. */
export interface Expectation {
  /** All of them, in order. Of each, what {@link SpecifiedEvent} was given is compared. */
  readonly published?: readonly SpecifiedEvent[];
  /**
   * Rows by the name of their table in schema `public`, in any order, or by a query, in its order: all rows, and of each the columns that are
   * named. A value may be an asymmetric matcher, such as `expect.any(Date)`.
   */
  readonly rows?: Readonly<Record<string, readonly Row[]>>;
  readonly parked?: readonly Partial<ParkedOutcome>[];
  readonly skipped?: readonly SkippedDelivery['reason'][];
}
