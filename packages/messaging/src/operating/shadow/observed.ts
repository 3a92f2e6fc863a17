import type { EntityRef } from '../../consuming/consumer.ts';

/** An event that a handler wanted to publish. */
export interface ObservedEvent {
  readonly contract: string;
  readonly tenant: string;
  readonly aggregateId: string;
  readonly data: unknown;
  /** Other majors of the same fact. */
  readonly renditions: readonly { readonly contract: string; readonly data: unknown }[];
}

/** A statement that a handler made. */
export interface ObservedStatement {
  readonly text: string;
  readonly params: readonly unknown[];
}

/** Rows that a handler inserted, updated and deleted in a table, its triggers' included. */
export interface RowCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** How a handler ended. */
export type ObservedEnding =
  | { readonly ended: 'returned' }
  /** The error's class and its stable code; its message may quote anything, so it is not kept. */
  | { readonly ended: 'threw'; readonly type: string; readonly code: string };

/** What a handler did with one event before it was all undone. */
export interface Observed {
  readonly needs: readonly EntityRef[];
  /**
   * - `inside`: it works in the database alone, and was run.
   * - `outside`: it would have called the outside, so it was not run.
   */
  readonly work: 'inside' | 'outside';
  readonly ending: ObservedEnding;
  readonly published: readonly ObservedEvent[];
  readonly statements: readonly ObservedStatement[];
  /** By `schema.table`; without those that were left alone. */
  readonly rows: ReadonlyMap<string, RowCounts>;
}
