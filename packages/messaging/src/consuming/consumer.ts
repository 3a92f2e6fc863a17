import type { AnyContract, Contract, Event } from '@waybill/contracts';
import type { Queryable } from '../database.ts';
import type { EventToPublish, Published } from '../publishing/outbox.ts';
import type { Logger } from '../logger.ts';
import type { FlowObjective } from '../flows/objective.ts';
import type { Criticality } from '../operating/roles.ts';

/**
 * A projection keeps a copy of an entity's state, so a snapshot may stand in for events that did not come.
 * A reaction does something because of each event, so a snapshot must never swallow one.
 */
export type ConsumerKind = 'projection' | 'reaction';

/** What a handler gets beside its event. */
export interface HandlerContext {
  /** The transaction that also holds the dedupe row, the version and the published events. Never keep it. */
  readonly tx: Queryable;
  /** Publishes in the same transaction, with this event as the cause. */
  publish<TData>(contract: Contract<TData>, event: NoInfer<EventToPublish<TData>>): Promise<Published>;
  /** Carries the trace, correlation and event ids; masks the contract's personal fields. */
  readonly log: Logger;
  /** Aborts when the consumer stops or the handler's time is up. */
  readonly signal: AbortSignal;
  /** 1 for the first. */
  readonly attempt: number;
}

export type Handler<TData> = (event: Event<TData>, context: HandlerContext) => Promise<void> | void;

/** What a batch handler gets beside its events. */
export interface BatchContext extends Omit<HandlerContext, 'publish'> {
  /** Publishes in the same transaction, with one of the events as the cause. */
  publish<TData>(
    cause: Event<unknown>,
    contract: Contract<TData>,
    event: NoInfer<EventToPublish<TData>>,
  ): Promise<Published>;
}

export type BatchHandler<TData> = (events: readonly Event<TData>[], context: BatchContext) => Promise<void> | void;

/** An entity in the copy kept by a projection of the same service that a handler must find there. */
export interface EntityRef {
  /** The projection's consumer name. */
  readonly projection: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
}

export interface ExternalCallContext {
  /** The event's id: send it as the idempotency key, or derive the Message-ID from it. */
  readonly idempotencyKey: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly attempt: number;
  /** Reads outside any transaction: no network call is made while one is open. */
  readonly db: Queryable;
}

/** An effect outside the database: an intent row, commit, the call, an outcome row. */
export interface ExternalEffect<TData, TOutcome> {
  /**
   * Whether calling twice with the same key has one effect outside. When not, an unknown outcome (the process died
   * or the time was up during the call) is parked and not tried again.
   */
  readonly idempotent: boolean;
  /** Milliseconds that one call may take; 30,000 when left out. */
  readonly timeoutMs?: number;
  /** What is called, by the name under which all that touch it are paused together: `payment-provider`. */
  readonly dependency?: string;
  /** Whether there is anything to call for this event; when it answers false, `handle` runs with no outcome. */
  readonly when?: (event: Event<TData>) => boolean;
  call(event: Event<TData>, context: ExternalCallContext): Promise<TOutcome>;
}

/** A contract with what is to be done for it. Made with {@link on}, {@link onBatch} or {@link onExternal}. */
export interface HandlerEntry {
  readonly contract: AnyContract;
  readonly handle: (event: Event<never>, context: HandlerContext, outcome: unknown) => Promise<void> | void;
  /** Of a batch handler: takes several events at once. `handle` then takes one as a batch of its own. */
  readonly handleAll?: (events: readonly Event<never>[], context: BatchContext) => Promise<void> | void;
  /** `in-turn`: a call never begins before the one before it is over. */
  readonly calls?: 'in-turn' | undefined;
  readonly external: ExternalEffect<never, unknown> | undefined;
  readonly needs: ((event: Event<never>) => readonly EntityRef[]) | undefined;
}

/**
 * Handles a contract's events inside the transaction. Calls that make one statement each may run ahead of each other's
 * answers; the database sees what it would have seen one after another. A handler that hands something to its next call by
 * another way than the database says `calls: 'in-turn'`.
 */
export function on<TData>(
  contract: Contract<TData>,
  handle: Handler<NoInfer<TData>>,
  options: {
    readonly needs?: (event: Event<NoInfer<TData>>) => readonly EntityRef[];
    readonly calls?: 'in-turn';
  } = {},
): HandlerEntry {
  return { contract, handle, calls: options.calls, external: undefined, needs: options.needs };
}

/**
 * Handles a contract's events together: all that are due in one transaction, in the order of their partition, and so each
 * entity's in the order of their versions; an entity may be among them more than once. When it throws, the transaction is
 * undone and tried again in halves, until the event that fails stands alone and is parked. What was parked comes to it as a
 * batch of one.
 */
export function onBatch<TData>(
  contract: Contract<TData>,
  handle: BatchHandler<NoInfer<TData>>,
  options: { readonly needs?: (event: Event<NoInfer<TData>>) => readonly EntityRef[] } = {},
): HandlerEntry {
  return {
    contract,
    handle: async (event, { publish, ...context }) =>
      handle([event], { ...context, publish: async (_cause, published, data) => publish(published, data) }),
    handleAll: handle,
    external: undefined,
    needs: options.needs,
  };
}

/**
 * The last event of each entity, in the order given: what a batch handler writes when an event carries all of its
 * entity's state, since one statement may not write a row twice.
 */
export function latestOfEach<TData>(events: readonly Event<TData>[]): readonly Event<TData>[] {
  const latest = new Map<string, Event<TData>>();
  for (const event of events) {
    const key = JSON.stringify([event.tenant, event.aggregateType, event.aggregateId]);
    latest.delete(key);
    latest.set(key, event);
  }
  return [...latest.values()];
}

/** Handles a contract's events by a call to the outside, and then its outcome inside a transaction. */
export function onExternal<TData, TOutcome>(
  contract: Contract<TData>,
  options: {
    readonly external: ExternalEffect<NoInfer<TData>, TOutcome>;
    readonly needs?: (event: Event<NoInfer<TData>>) => readonly EntityRef[];
    handle(event: Event<NoInfer<TData>>, context: HandlerContext, outcome: TOutcome | undefined): Promise<void> | void;
  },
): HandlerEntry {
  return {
    contract,
    handle: options.handle as HandlerEntry['handle'],
    external: options.external,
    needs: options.needs,
  };
}

/** A snapshot contract with the function that sets a projection's copy from it. Made with {@link onSnapshot}. */
export interface SnapshotEntry {
  readonly contract: AnyContract;
  readonly handle: (snapshot: Event<never>, context: HandlerContext) => Promise<void> | void;
}

/** Replaces a projection's copy of the entity by the snapshot's state. */
export function onSnapshot<TData>(contract: Contract<TData>, handle: Handler<NoInfer<TData>>): SnapshotEntry {
  return { contract, handle };
}

/** Turns data of an older contract into a newer one's, for facts that have no newer rendition. */
export interface Upcaster {
  readonly from: AnyContract;
  readonly to: AnyContract;
  readonly upcast: (data: never) => unknown;
}

export function upcaster<TFrom, TTo>(
  from: Contract<TFrom>,
  to: Contract<TTo>,
  upcast: (data: NoInfer<TFrom>) => NoInfer<TTo>,
): Upcaster {
  return { from, to, upcast };
}

/** Retries: full jitter between 0 and `min(capMs, baseMs * 2^(attempt - 1))`, until one of the limits is reached. */
export interface RetryPolicy {
  readonly baseMs: number;
  readonly capMs: number;
  readonly maxAttempts: number;
  /** Retries may be at most this share of the deliveries of a minute (0 to 1), and never fewer than ten a second. */
  readonly budgetShare: number;
}

/** A table that a projection's handlers write, by its unqualified name. */
export interface ProjectionTable {
  readonly name: string;
  /** Columns that a rebuild does not compare, since they tell when a row was written and not what it says. */
  readonly uncompared?: readonly string[];
  /**
   * `apart`: others write it too, so it is neither compared nor swapped; what a generation under construction writes to it
   * goes to a copy of its own, and goes with that. The projection's own, which nobody else writes, when left out.
   */
  readonly kept?: 'apart';
}

export interface ConsumerDefinition {
  /** Its identity: inbox, positions and parked work hang on it. `notifications.mail`. */
  readonly name: string;
  readonly kind: ConsumerKind;
  /**
   * What a consumer that starts for the first time reads. A projection always begins with the beginning (its snapshot
   * topic first, when it has one). A reaction with `now` takes the first version seen of an entity as its baseline.
   */
  readonly from: 'beginning' | 'now';
  readonly handlers: readonly HandlerEntry[];
  readonly snapshots: readonly SnapshotEntry[];
  readonly upcasters: readonly Upcaster[];
  readonly ordering: Ordering;
  readonly retry: RetryPolicy;
  /** Milliseconds that a gap waits for its predecessor before it is reconciled. */
  readonly gapPatienceMs: number;
  /** Milliseconds that one handler call may take before its signal aborts and it counts as failed. */
  readonly handlerTimeoutMs: number;
  /** Records handled in one transaction, at most. */
  readonly batchSize: number;
  /** How much hangs on it: whether a second person must agree to a skip, and who slows down first when a service is short. */
  readonly criticality: Criticality;
  /** How soon the effect of its events is to be there; 99 of 100 within ten seconds when left out. */
  readonly objective: FlowObjective;
  /**
   * The tables that its handlers write, and name without a schema: what a rebuild makes anew. A projection without them cannot
   * be rebuilt.
   */
  readonly tables: readonly ProjectionTable[];
  /**
   * Handlers that may take the place of those for the same contracts. They are run by a shadow alone, beside the living ones,
   * and what they do is compared and undone.
   */
  readonly shadow: { readonly handlers: readonly HandlerEntry[] };
  /** Whether its work shows in the traces of events; `none` for one that looks on, which would be in the trace of everybody. */
  readonly tracing: 'joined' | 'none';
}

/** Per entity by version; or in any order within a horizon, beyond which an event is parked as too old. */
export type Ordering = { readonly by: 'entity' } | { readonly by: 'none'; readonly horizonMs: number };

export type ConsumerOptions = Pick<ConsumerDefinition, 'name'> &
  Partial<Omit<ConsumerDefinition, 'name' | 'kind' | 'from' | 'handlers' | 'tables'>> & {
    readonly handlers: readonly HandlerEntry[];
    /** Of a projection: `['contact', { name: 'order_view', uncompared: ['updated_at'] }]`. */
    readonly tables?: readonly (string | ProjectionTable)[];
  } & ({ readonly kind: 'projection' } | { readonly kind: 'reaction'; readonly from: 'beginning' | 'now' });
