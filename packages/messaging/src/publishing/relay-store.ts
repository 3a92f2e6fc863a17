import type { Cursor } from './cursor.ts';
import type { BacklogDelta, Delta } from './delta.ts';
import type { OutboxKind, OutboxRow } from './outbox-row.ts';
import type { ShardLease } from './shares.ts';
import type { TransactionSnapshot } from './transaction-snapshot.ts';

/** Where the relay reads, leases and saves: one database with its outbox. */
export interface RelayStore {
  /**
   * Connects anew. Fails when the database cannot be reached; the relay tries again.
   * @throws {ClusterChangedError} when rows or cursors are another cluster's.
   * @throws {SequenceCacheError} when positions would not follow versions.
   * @throws {StandbyError} on a standby.
   */
  connect(events: RelaySessionEvents): Promise<RelaySession>;
}

export interface RelaySessionEvents {
  /** Something was committed, or (`release`) an operator asked for something; another process says so. */
  notified(what: 'outbox' | 'release'): void;
  /** The connection is gone. Calls under way fail too. */
  lost(error: Error): void;
}

/** One aggregate on one topic, as far as holding is concerned. */
export interface HeldKey {
  readonly kind: OutboxKind;
  readonly tenant: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
}

/** An aggregate whose events from `fromVersion` on are kept back. */
export interface Held extends HeldKey {
  readonly slot: number;
  readonly fromVersion: number;
  readonly position: number;
  readonly code: string;
  readonly message: string;
}

/** A shard as it was claimed: with a new epoch, under which alone its cursor can be saved. */
export interface ClaimedShard {
  readonly shard: number;
  readonly epoch: number;
  readonly cursor: Cursor;
}

export interface LeaseView {
  /** Shards that are still this relay's, of those it asked to renew. */
  readonly renewed: readonly number[];
  /** The relays that are alive, this one among them. */
  readonly alive: readonly string[];
  readonly leases: readonly ShardLease[];
  /** Shards that a person has paused: whoever has one gives it up, and nobody claims it. */
  readonly paused: readonly number[];
  /** The aggregates of the renewed shards that an operator wants released. */
  readonly releases: readonly HeldKey[];
  /** The last position given out by the sequence. */
  readonly lastPosition: number;
}

export interface SavedCursor {
  readonly shard: number;
  readonly epoch: number;
  readonly cursor: Cursor;
}

/** What is recorded in the transaction of a save. */
export interface HeldChanges {
  readonly held: readonly Held[];
  readonly released: readonly HeldKey[];
}

export interface PollAnswer {
  readonly snapshot: TransactionSnapshot;
  readonly standby: boolean;
  /** In position order, unless there are more than the limit: then any `limit + 1` of them. */
  readonly rows: readonly OutboxRow[];
}

/** One connection's lifetime. Nothing that was read through one session is good in the next. */
export interface RelaySession {
  readonly listening: boolean;
  /** Says that the relay is alive for `leaseMs`, renews its shards, and tells how things stand. One round trip. */
  lease(
    relay: string,
    shards: readonly { readonly shard: number; readonly epoch: number }[],
    leaseMs: number,
  ): Promise<LeaseView>;
  /** Takes those of the shards that are free, expired or this relay's own already, and not paused, each with a new epoch. */
  claim(relay: string, shards: readonly number[], leaseMs: number): Promise<readonly ClaimedShard[]>;
  release(relay: string, shards: readonly { readonly shard: number; readonly epoch: number }[]): Promise<void>;
  /** The relay is leaving; others need not wait for it. */
  leave(relay: string): Promise<void>;
  /** What is held of these shards. */
  held(shards: readonly number[]): Promise<readonly Held[]>;
  /** Polls every group at one and the same snapshot; outside any transaction that writes. */
  poll(
    groups: readonly { readonly delta: Delta; readonly shards: readonly number[] }[],
    limit: number,
  ): Promise<readonly PollAnswer[]>;
  /** The lowest position of a delta, of all shards; `undefined` when it is empty. */
  lowest(delta: Delta): Promise<number | undefined>;
  /** The next rows of a backlog, in position order. */
  chunk(delta: BacklogDelta, shards: readonly number[], limit: number): Promise<readonly OutboxRow[]>;
  /** The rows of a held aggregate that no longer lie before the cursor, from its held version on, in order. */
  heldRows(held: Held, before: Delta): Promise<readonly OutboxRow[]>;
  /** Saves cursors and held changes in one transaction. Answers the shards whose epoch was still good. */
  save(cursors: readonly SavedCursor[], changes: HeldChanges): Promise<readonly number[]>;
  /** Attaches partitions ahead and drops what is past its retention. Does nothing while another does it. */
  maintain(): Promise<void>;
  close(): Promise<void>;
}
