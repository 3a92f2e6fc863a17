import type { EventId } from '@waybill/contracts';
import type {
  CallState,
  EntityKey,
  FailureRecord,
  HandledEvent,
  ParkedReason,
  PartitionRef,
  RecordOrigin,
  SkippedDelivery,
  StoredRecord,
  VersionRange,
} from '@waybill/messaging';
import { tableName } from '../database/table.ts';

export interface PositionRow extends PartitionRef {
  readonly consumer: string;
  readonly epoch: bigint;
  readonly nextOffset: bigint | undefined;
  /** Records that were delivered, again or for the first time. */
  readonly deliveries: number;
}

export interface EntityRow {
  readonly consumer: string;
  readonly key: EntityKey;
  readonly applied: number;
  readonly lastId: EventId | undefined;
  readonly holes: readonly VersionRange[];
  readonly reconciled: number;
}

/** A dedupe row. */
export interface InboxRow extends HandledEvent {
  readonly consumer: string;
}

export interface SkippedRow extends SkippedDelivery {
  readonly consumer: string;
}

/** Times are milliseconds since 1970. */
export interface ParkedRow {
  readonly id: bigint;
  readonly consumer: string;
  readonly key: EntityKey;
  readonly version: number;
  readonly eventId: EventId;
  readonly type: string;
  readonly record: StoredRecord;
  readonly origin: RecordOrigin | undefined;
  readonly reason: ParkedReason;
  readonly holdsEntity: boolean;
  readonly dueAt: number | undefined;
  readonly attempts: number;
  readonly claimedBy: string | undefined;
  readonly claimedUntil: number | undefined;
  readonly call: CallState;
  readonly outcome: { readonly value: unknown } | undefined;
  readonly waitsFor: string | undefined;
  readonly failure: FailureRecord | undefined;
  readonly parkedAt: number;
}

export const positionTable = tableName<PositionRow>('consumer_position');
export const bootstrapTable = tableName<{ readonly eventsFrom: number }>('consumer_bootstrap');
export const entityTable = tableName<EntityRow>('entity');
export const inboxTable = tableName<InboxRow>('inbox');
export const skippedTable = tableName<SkippedRow>('skipped');
export const parkedTable = tableName<ParkedRow>('parked');

/** One text for a row's key. */
export function rowKey(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts);
}
