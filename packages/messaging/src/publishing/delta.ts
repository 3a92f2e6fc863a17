import type { Backlog, Cursor } from './cursor.ts';
import { boundsOf, type SnapshotBounds } from './transaction-snapshot.ts';

/**
 * What lies before a cursor, as data. Whoever keeps an outbox selects rows by this alone: nothing about cursors is
 * decided in SQL.
 */
export interface Delta {
  /** Rows of transactions with this id or a higher one belong to it. */
  readonly from: bigint;
  /** So do those of these lower ones, which were running when the cursor was taken. */
  readonly inFlight: readonly bigint[];
  /** Of the rows, those that are visible in this snapshot. Undefined: all that the reader sees. */
  readonly to: SnapshotBounds | undefined;
  /** Rows up to this position are dealt with. Undefined: none is. */
  readonly position: number | undefined;
}

/** A delta that is read in chunks: with a fixed end, and how far it is dealt with. */
export interface BacklogDelta extends Delta {
  readonly to: SnapshotBounds;
  readonly position: number;
}

/** The delta before a cursor. @throws {RangeError} when its snapshots are none. */
export function deltaOf(cursor: Cursor & { readonly backlog: Backlog }): BacklogDelta;
export function deltaOf(cursor: Cursor): Delta;
export function deltaOf({ prev, backlog }: Cursor): Delta {
  const { xmax, inFlight } = boundsOf(prev);
  return {
    from: xmax,
    inFlight,
    to: backlog && boundsOf(backlog.target),
    position: backlog?.position,
  };
}
