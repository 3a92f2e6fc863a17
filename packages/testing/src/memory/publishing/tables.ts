import type { Cursor, Held, OutboxRow } from '@waybill/messaging';
import { tableName } from '../database/table.ts';

/** A row of the outbox, with the transaction that wrote it. */
export interface StoredOutboxRow extends OutboxRow {
  readonly xid: bigint;
}

export interface StreamRow {
  readonly version: number;
}

/** A shard's lease, fencing epoch and cursor. Times are milliseconds since 1970. */
export interface ShardRow {
  readonly shard: number;
  readonly epoch: number;
  readonly owner: string | undefined;
  readonly leaseUntil: number;
  readonly cursor: Cursor;
}

export interface MemberRow {
  readonly relay: string;
  readonly aliveUntil: number;
}

export interface HeldRow extends Held {
  readonly release: boolean;
}

export const outboxTable = tableName<StoredOutboxRow>('outbox');
export const streamTable = tableName<StreamRow>('stream');
export const shardTable = tableName<ShardRow>('relay_shard');
export const memberTable = tableName<MemberRow>('relay_member');
export const heldTable = tableName<HeldRow>('outbox_held');

export const positionSequence = 'outbox_position';
