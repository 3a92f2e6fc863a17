/** A `pg_snapshot` as text, `xmin:xmax:xip,…`. It has no equality in PostgreSQL either: compared as text. */
export type TransactionSnapshot = string;

/** Before every transaction there ever was: a reader that starts here gets all that exists. */
export const BEGINNING: TransactionSnapshot = '1:1:';

interface Bounds {
  readonly xmin: bigint;
  readonly xmax: bigint;
}

/** The bounds of a snapshot. @throws {RangeError} when the text is none. */
export function boundsOf(snapshot: TransactionSnapshot): Bounds {
  const parts = /^(\d+):(\d+):/.exec(snapshot);
  if (!parts?.[1] || !parts[2]) throw new RangeError(`not a transaction snapshot: ${snapshot.slice(0, 40)}`);
  return { xmin: BigInt(parts[1]), xmax: BigInt(parts[2]) };
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
