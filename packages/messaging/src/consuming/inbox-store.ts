import type { Envelope, EventId } from '@waybill/contracts';
import type { Queryable } from '../database.ts';
import type { EntityState } from './ordering.ts';
import type { FailureRecord } from './retry.ts';
import type { VersionRange } from './version-ranges.ts';

/**
 * What the consuming side keeps in the consumer's own database. Every method of a transaction sees and changes that
 * transaction alone; whoever implements this must pass the inbox conformance suite of `packages/testing`.
 */
export interface InboxStore {
  /**
   * Takes the partitions for this process: raises each one's epoch, so that whoever held it before commits nothing
   * more, and answers what is stored.
   */
  claimPartitions(consumer: string, partitions: readonly PartitionRef[]): Promise<readonly ClaimedPartition[]>;
  /** Stores where a partition is read from for the first time. False when another process has taken the partition. */
  startPartition(claim: PartitionClaim, nextOffset: bigint): Promise<boolean>;
  /** Runs `work` in one READ COMMITTED transaction: committed when it resolves, rolled back when it throws. */
  transaction<T>(work: (tx: InboxTransaction) => Promise<T>): Promise<T>;
  /**
   * Claims parked events whose time has come, for `claimMs` milliseconds; nobody else gets them meanwhile. Claims of
   * processes that died end by time, and what was `calling` then is `interrupted`.
   */
  claimDue(
    consumer: string,
    options: { readonly limit: number; readonly claimMs: number },
  ): Promise<readonly ParkedEvent[]>;
  /** Gives back what this process claimed. Answers whether it is still there and will be due. */
  release(id: bigint): Promise<boolean>;
  /** Milliseconds until the next parked event is due; undefined when none is waiting. */
  nextDueInMs(consumer: string): Promise<number | undefined>;
  /** Whether the consumer has read its snapshot topic, and from what time on it reads events (ms since 1970). */
  bootstrapped(consumer: string): Promise<{ readonly eventsFrom: number } | undefined>;
  markBootstrapped(consumer: string, eventsFrom: number): Promise<void>;
  /** Runs `work` while no other process does the same for this consumer; waits for its turn. */
  exclusively<T>(consumer: string, work: () => Promise<T>): Promise<T>;
  /** Reads outside any transaction, for handlers that call the outside. */
  readonly db: Queryable;
  /** Whether an error is the database's connection, a deadlock or a serialisation failure: the same work may be run again. */
  isTransient(error: unknown): boolean;
  counts(consumer: string): Promise<ParkedCounts>;
}

export interface ParkedCounts {
  readonly waiting: number;
  readonly retrying: number;
  readonly dead: number;
  /** Seconds since the oldest entry was parked; undefined when there is none. */
  readonly oldestSeconds: number | undefined;
}

export interface PartitionRef {
  readonly topic: string;
  readonly partition: number;
}

export interface PartitionClaim extends PartitionRef {
  readonly consumer: string;
  readonly epoch: bigint;
}

export interface ClaimedPartition extends PartitionClaim {
  readonly nextOffset: bigint | undefined;
}

/** An entity as a consumer keeps it apart from all others. */
export interface EntityKey {
  readonly tenant: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
}

/** A part of an entity's queue. */
export interface QueuePage {
  /** The lowest version of interest; 0 for all. */
  readonly from: number;
  readonly limit: number;
}

/** A version of an entity. */
export interface EntityVersion {
  readonly key: EntityKey;
  readonly version: number;
}

/** One text for an entity, fit as a map's key and a lock's name. */
export function entityKeyText({ tenant, aggregateType, aggregateId }: EntityKey): string {
  const text = `["${tenant}","${aggregateType}","${aggregateId}"]`;
  // The six quotes of this form alone, and nothing that JSON writes in another way: then it is what JSON writes.
  return plainKey.test(text) ? text : JSON.stringify([tenant, aggregateType, aggregateId]);
}

/** Each entity once, in the order in which they first come. */
export function distinctKeys(keys: readonly EntityKey[]): readonly EntityKey[] {
  return [...new Map(keys.map((key) => [entityKeyText(key), key])).values()];
}

const plainKey = /^\["[\w.:/@+ -]*","[\w.:/@+ -]*","[\w.:/@+ -]*"\]$/;

export interface InboxTransaction {
  /** For handlers. */
  readonly db: Queryable;
  /** Moves a partition's position forward, never back. False when another process has taken the partition: roll back. */
  advance(claim: PartitionClaim, nextOffset: bigint, deliveries: number): Promise<boolean>;
  /**
   * Locks the entities in the order of their ids, makes those that are new, and reads them under the lock; their queues
   * are not read as a whole, which may be long, but their heads and what stands at one of the versions `asked` for.
   */
  lockEntities(
    consumer: string,
    keys: readonly EntityKey[],
    asked?: readonly EntityVersion[],
  ): Promise<ReadonlyMap<string, EntityState>>;
  saveEntities(consumer: string, entities: readonly SavedEntity[]): Promise<void>;
  /** Counts that an entity's state was set from a snapshot that was asked for. */
  noteReconciled(consumer: string, key: EntityKey): Promise<void>;
  /** Which of the ids this consumer has handled. */
  handledIds(consumer: string, ids: readonly EventId[]): Promise<ReadonlySet<EventId>>;
  /** Writes the dedupe rows. An id that is there already fails the transaction. */
  recordHandled(consumer: string, handled: readonly HandledEvent[]): Promise<void>;
  recordSkipped(consumer: string, skipped: readonly SkippedDelivery[]): Promise<void>;
  /** Parks events; one that is parked already is left as it is. Answers how many are new. */
  park(consumer: string, parked: readonly EventToPark[]): Promise<number>;
  /** What is parked for an entity and holds it, lowest version first, `limit` at most, from a version on. */
  queueOf(consumer: string, key: EntityKey, page: QueuePage): Promise<readonly ParkedEvent[]>;
  parkedById(id: bigint): Promise<ParkedEvent | undefined>;
  unpark(ids: readonly bigint[]): Promise<void>;
  /** Changes a parked event. False when it is gone, or another process's claim on it lasts. */
  updateParked(id: bigint, change: ParkedChange): Promise<boolean>;
  /**
   * Makes the head of an entity's queue due now where nothing says when it is looked at again: what came to the head of
   * its queue must not depend on the process that brought it there. A dead one waits for a person.
   */
  keepHeadDue(consumer: string, key: EntityKey): Promise<void>;
  /** Makes the head of an entity's queue due now, so that it is looked at at once. */
  hasten(consumer: string, keys: readonly EntityKey[]): Promise<void>;
  /**
   * Tells which of the entities the projection has, under the lock that {@link wakeWaiters} takes, so that an event
   * parked for one that is missing is woken when it comes.
   */
  presentEntities(projection: string, keys: readonly EntityKey[]): Promise<ReadonlySet<string>>;
  /** Makes due what waits for entities that the projection has from now on. */
  wakeWaiters(projection: string, keys: readonly EntityKey[]): Promise<void>;
  /** Runs `work` so that what it wrote can be undone alone: when it throws, only that is rolled back. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}

export interface SavedEntity {
  readonly key: EntityKey;
  readonly applied: number;
  readonly lastId: EventId | undefined;
  readonly holes: readonly VersionRange[];
}

/** How an event came to be handled; `skipped` says that it was not, because a person gave it up. */
export type Arrival = 'delivered' | 'parked' | 'fetched' | 'skipped';

export interface HandledEvent {
  readonly envelope: Envelope;
  readonly origin: RecordOrigin | undefined;
  readonly arrival: Arrival;
  readonly receivedAt: Date;
  /** Milliseconds that the handler took. */
  readonly workMs: number;
  readonly attempts: number;
}

/** Where in the log a record lay. */
export interface RecordOrigin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface SkippedDelivery {
  readonly envelope: Envelope;
  readonly origin: RecordOrigin | undefined;
  readonly reason: 'duplicate' | 'covered' | 'older-rendition' | 'operator';
}

/**
 * Why an event is parked.
 * - `gap`: waits for its predecessor. `behind`: waits for those of its entity that are parked before it.
 * - `dependency`: waits for another entity. `external`: its call to the outside is to be made.
 * - `retry`: its handler failed and is to be tried again.
 * - `dead`: a person must look at it.
 */
export type ParkedReason = 'gap' | 'behind' | 'dependency' | 'external' | 'retry' | 'dead';

/** A record as it is kept while parked: everything that handling it again takes. */
export interface StoredRecord {
  readonly topic: string;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface EventToPark {
  /** Undefined when the envelope cannot be read. */
  readonly envelope: Envelope | undefined;
  readonly record: StoredRecord;
  readonly origin: RecordOrigin | undefined;
  readonly reason: ParkedReason;
  /** Milliseconds from now; undefined for what waits for another event, or is dead. */
  readonly dueInMs: number | undefined;
  readonly attempts: number;
  readonly failure: FailureRecord | undefined;
  /** The entity that it waits for. */
  readonly waitsFor: { readonly projection: string; readonly key: EntityKey } | undefined;
  /** Whether later events of its entity queue behind it. False for what cannot be read or is too old to apply. */
  readonly holdsEntity: boolean;
}

/** Of a call to the outside: not under way, under way, or under way when its process ended, so that its outcome is unknown. */
export type CallState = 'none' | 'calling' | 'interrupted';

export interface ParkedEvent {
  readonly id: bigint;
  readonly key: EntityKey;
  readonly version: number;
  readonly eventId: EventId;
  readonly record: StoredRecord;
  readonly origin: RecordOrigin | undefined;
  readonly reason: ParkedReason;
  readonly attempts: number;
  readonly parkedAt: Date;
  readonly call: CallState;
  /** The outcome of a call that succeeded and whose handling failed. */
  readonly outcome: { readonly value: unknown } | undefined;
  readonly holdsEntity: boolean;
  /** Whether its time has come. */
  readonly due: boolean;
  /** Whether it was told as a fact that it failed; left out where it was not. */
  readonly failureTold?: boolean;
}

export interface ParkedChange {
  readonly reason?: ParkedReason;
  /** Milliseconds from now; null for never. */
  readonly dueInMs?: number | null;
  readonly attempts?: number;
  readonly call?: Exclude<CallState, 'interrupted'>;
  readonly outcome?: { readonly value: unknown };
  readonly waitsFor?: { readonly projection: string; readonly key: EntityKey };
  readonly holdsEntity?: boolean;
  readonly failure?: FailureRecord;
  /** The record's value as an operator mended it. */
  readonly value?: Uint8Array;
  /** Milliseconds that this process keeps it from others; 0 gives it back. */
  readonly claimMs?: number;
}
