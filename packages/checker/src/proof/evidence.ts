import type { StreamHead, OutboxRow, Effect, ParkedEvent, TopicRecord } from '../evidence.ts';
import type { Call, Delivery, FaultMark, Operation } from './history.ts';

/** What a run of `waybill prove` left behind, as the systems themselves and the history hold it. */
export interface ProofEvidence {
  /** Every record of the topics of events, by topic, partition and offset. */
  readonly records: readonly TopicRecord[];
  /** By the name of the database: `east`, `west`, `office`, `archive`. */
  readonly databases: ReadonlyMap<string, ProofTables>;
  readonly operations: readonly Operation[];
  readonly deliveries: readonly Delivery[];
  readonly faults: readonly FaultMark[];
  /** What the world outside wrote down. */
  readonly calls: readonly Call[];
  /** Looks into the consumers' tables in the middle of the run, each at one snapshot of its database. */
  readonly audits: readonly Audit[];
  /** What could not be read, and other reasons not to trust a good verdict. */
  readonly unread: readonly string[];
}

/** One database of the run. What a service does not have is empty. */
export interface ProofTables {
  readonly heads: readonly StreamHead[];
  readonly outbox: readonly ShardedRow[];
  readonly effects: readonly Effect[];
  readonly inbox: readonly HandledRow[];
  readonly parked: readonly ParkedPlace[];
  readonly entities: readonly EntityRow[];
  readonly positions: readonly PositionRow[];
  readonly cursorWrites: readonly CursorWrite[];
  /** Of a branch: its accounts. Of the office: its copies of them. */
  readonly accounts: readonly AccountRow[];
  /** Of a branch: a row for each step that was committed. */
  readonly steps: readonly StepRow[];
}

/** A dedupe row. */
export interface HandledRow {
  readonly consumer: string;
  readonly eventId: string;
  /** The transaction that wrote it, so that it can be told whether a snapshot saw it. */
  readonly xid: bigint;
}

export interface ParkedPlace extends ParkedEvent {
  /** `topic/partition/offset`; empty for what was fetched from its producer. */
  readonly place: string;
}

export interface EntityRow {
  readonly consumer: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly applied: number;
  /** Versions at or below `applied` that were passed over: pairs of the first and the last. */
  readonly holes: readonly (readonly [number, number])[];
}

export interface PositionRow {
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: bigint;
}

/** A claim of a cursor or a move of it, in the order in which the row was written. */
export interface CursorWrite {
  readonly n: bigint;
  readonly cursor: string;
  readonly kind: 'claim' | 'move';
  readonly epoch: bigint;
  /** The process and its run: `east-1.3`. */
  readonly writer: string;
  readonly at: Date;
}

/** A row of an outbox, with what the relays share it out by. */
export interface ShardedRow extends OutboxRow {
  readonly shard: number;
}

export interface AccountRow {
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly total: number;
  readonly limit: number;
  readonly digest: number;
}

export interface StepRow {
  readonly operation: string;
  readonly account: string;
}

/** How far the consumers of one database were at one moment. */
export interface Audit {
  readonly database: string;
  readonly at: Date;
  /** `pg_snapshot` as text: it tells which dedupe rows were there. */
  readonly snapshot: string;
  readonly positions: readonly PositionRow[];
  readonly entities: readonly EntityRow[];
  readonly parked: readonly Pick<ParkedPlace, 'consumer' | 'eventId' | 'place'>[];
}
