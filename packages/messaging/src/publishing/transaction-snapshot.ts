/** A `pg_snapshot` as text, `xmin:xmax:xip,…`. It has no equality in PostgreSQL either: compared as text. */
export type TransactionSnapshot = string;

/** Before every transaction there ever was: a reader that starts here gets all that exists. */
export const BEGINNING: TransactionSnapshot = '1:1:';

/** A snapshot's parts. A transaction is visible in it when its id is below `xmax` and not in flight. */
export interface SnapshotBounds {
  /** Every transaction below this one had ended. */
  readonly xmin: bigint;
  /** No transaction from this one on had ended. */
  readonly xmax: bigint;
  /** Those between the two that had not ended, ascending. */
  readonly inFlight: readonly bigint[];
}

/** Reads a snapshot. @throws {RangeError} when the text is none. */
export function boundsOf(text: TransactionSnapshot): SnapshotBounds {
  const parts = /^(\d+):(\d+):((?:\d+(?:,\d+)*)?)$/.exec(text);
  if (!parts?.[1] || !parts[2]) throw new RangeError(`not a transaction snapshot: ${text.slice(0, 40)}`);
  const inFlight = parts[3] ? parts[3].split(',').map(BigInt) : [];
  return { xmin: BigInt(parts[1]), xmax: BigInt(parts[2]), inFlight };
}

/**
 * Whether `current` can have come after `previous` on the same cluster: neither bound ever goes back. When it did,
 * the cursor belongs to another cluster, or to a part of this one's history that a failover lost.
 */
export function canFollow(previous: TransactionSnapshot, current: TransactionSnapshot): boolean {
  const before = boundsOf(previous);
  const after = boundsOf(current);
  return after.xmin >= before.xmin && after.xmax >= before.xmax;
}
