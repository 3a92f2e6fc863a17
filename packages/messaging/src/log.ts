import type { HeaderBytes } from './publishing/header-bytes.ts';

/**
 * The log: what Waybill needs of Kafka. Publisher and subscriber have two methods each; whoever implements them must
 * pass the conformance suites in `packages/testing`.
 */

/** A record to be appended to a topic. Its partition is Java murmur2 of its key. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** The headers once more, as bytes, where whoever made the record has them so. A publisher may use either. */
  readonly headerBytes?: HeaderBytes;
}

/** A record as read from a topic. Header names are as on the wire; a repeated header keeps its last value. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since 1970, as the broker has it. */
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What became of one record.
 * - `acknowledged`: all in-sync replicas have it.
 * - `rejected`: the record itself is at fault (too large, not encodable) and no retry will help.
 * - `unavailable`: topic, authorisation, quota or broker; the same record may be sent again later. So is what follows a
 *   rejected record of its own key in one call (code `BEHIND_REJECTED`), which must not overtake it, and what follows an
 *   unavailable record of its partition.
 */
export type SendOutcome =
  | { readonly status: 'acknowledged' }
  | { readonly status: 'rejected'; readonly code: string; readonly message: string }
  | { readonly status: 'unavailable'; readonly code: string; readonly message: string };

export interface Publisher {
  /**
   * Appends records, in their order for each partition, and waits for all in-sync replicas. Answers one outcome per
   * record, in the order given, and never throws for the broker's sake. Records of one topic that fails do not fail
   * those of another. A rejected record is told apart from its neighbours by bisection. The caller has one call in
   * flight at a time.
   */
  send(records: readonly OutgoingRecord[]): Promise<readonly SendOutcome[]>;
  close(): Promise<void>;
}

/** A run of records of one partition, in offset order. */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** The offset that reading goes on from once these records are dealt with. */
  readonly nextOffset: bigint;
}

export interface PartitionBounds {
  readonly topic: string;
  readonly partition: number;
  /** The lowest offset that the log still has. */
  readonly low: bigint;
  /** The offset that the next record will get. */
  readonly high: bigint;
  /** What the group committed to the log, if anything. */
  readonly committed: bigint | undefined;
  /** The offset of the first record at or after a time (milliseconds since 1970); `high` when there is none. */
  offsetAt(timestampMs: number): Promise<bigint>;
}

export interface SubscriptionHandler {
  /**
   * Called when partitions are assigned, before a record of them is delivered; its answers count, not what the log
   * has committed. When it throws it is asked again with backoff, with what the log holds then, for as long as the
   * partitions are assigned; a `CannotFollowError` ends the subscription, once it came twice in a row.
   */
  assigned(
    partitions: readonly PartitionBounds[],
  ): Promise<readonly { topic: string; partition: number; start: bigint }[]>;
  /**
   * Called for each batch, one at a time for a partition. When it resolves the records are dealt with and the
   * offset may be committed to the log; when it throws, the batch is delivered again after a pause.
   */
  deliver(batch: RecordBatch): Promise<void>;
  /** Called when the client died and is being rebuilt, or `assigned` threw, and with `undefined` when it runs again. */
  health(problem: Error | undefined): void;
}

export interface Subscription {
  /** Stops pulling, keeps the group membership. Idempotent. */
  pause(): void;
  resume(): void;
  /** Leaves the group once the delivery under way has ended. */
  stop(): Promise<void>;
  /** Settles only when the subscription ended: fulfilled after `stop`, rejected with what ended it otherwise. */
  readonly ended: Promise<void>;
}

export interface Subscriber {
  /**
   * Joins the group and delivers until stopped. A client that dies of an error is rebuilt with backoff, without end;
   * only a `CannotFollowError` thrown by `assigned` ends the subscription.
   */
  subscribe(
    options: { readonly group: string; readonly topics: readonly string[] },
    handler: SubscriptionHandler,
  ): Promise<Subscription>;
  close(): Promise<void>;
}

/** Reads whole topics, beside any group: how a new projection learns the state of every entity from a compacted topic. */
export interface TopicReader {
  /**
   * Every record from the lowest offset to the end as it was when reading began, in offset order for each partition;
   * then it is over. Nothing is committed. Leaving the loop early closes the client.
   * @throws {TopicReadError} when the end was not reached; read again from the beginning.
   */
  readToEnd(topic: string): AsyncIterable<LogRecord>;
}

/** Names of schemas on the wire: Confluent's 4-byte ids and what they stand for. */
export interface SchemaRegistry {
  /** The id under which a contract's schema is registered; looked up at start. @throws {ContractNotRegisteredError} */
  idOf(contract: { readonly name: string; readonly topic: string; readonly schema: string }): Promise<number>;
  /** The Avro schema (JSON text) with an id. @throws {UnknownSchemaIdError} when the registry does not know it. */
  schemaOf(id: number): Promise<string>;
}
