import type { AnyContract, Contract, EventId } from '@waybill/contracts';
import type { Queryable } from '../database.ts';

/** A Kysely transaction (or any Kysely executor), by its shape, so that Kysely stays the caller's choice. */
export interface KyselyLike {
  executeQuery(query: never): Promise<{ readonly rows: unknown[] }>;
  getExecutor(): unknown;
}

/** The caller's open transaction. */
export type Transaction = Queryable | KyselyLike;

export interface EventToPublish<TData> {
  /** The aggregate whose version this raises; becomes the Kafka key. 1 to 255 characters. */
  readonly aggregateId: string;
  readonly data: TData;
  /** Older majors of the same fact: they share its id, time and version. Made with {@link rendition}. */
  readonly renditions?: readonly Rendition[];
  /**
   * The version that this event must get, for an aggregate that keeps its own.
   * Another one throws {@link VersionConflictError}.
   */
  readonly expectedVersion?: number;
  readonly tenant?: string;
}

/** Another major of the fact being published, with its own data. */
export interface Rendition {
  readonly contract: AnyContract;
  readonly data: unknown;
}

/** Pairs a contract with its data, so that the compiler checks the one against the other. */
export function rendition<TData>(contract: Contract<TData>, data: NoInfer<TData>): Rendition {
  return { contract, data };
}

/** One event of a {@link Outbox.publishAll} call. Made with {@link fact}. */
export interface Fact {
  readonly contract: AnyContract;
  readonly event: EventToPublish<unknown>;
}

/** Pairs a contract with the event to publish, so that the compiler checks the one against the other. */
export function fact<TData>(contract: Contract<TData>, event: NoInfer<EventToPublish<TData>>): Fact {
  return { contract, event };
}

export interface Published {
  readonly id: EventId;
  readonly version: number;
}

/** Publishes `contract` with its data in the transaction at hand. */
export type Publish<TTransaction> = <TData>(
  tx: TTransaction,
  contract: Contract<TData>,
  event: NoInfer<EventToPublish<TData>>,
) => Promise<Published>;
