/** A partition as the log and the living consumer have it. */
export interface LedPartition {
  /** The lowest offset that the log still has, and the one that the next record gets. */
  readonly low: bigint;
  readonly high: bigint;
  /** The next offset of the living consumer; undefined where it has none. */
  readonly living: bigint | undefined;
}

/**
 * Up to where a generation reads a partition: to the living consumer's position, so that it is never ahead of it. Where that
 * position is gone, or lies outside of the log, the consumer cannot go on itself, and the generation reads to the log's end.
 */
export function followTo({ living, low, high }: LedPartition): {
  readonly to: bigint;
  readonly leader: 'consumer' | 'log';
} {
  if (living === undefined || living < low || living > high) return { to: high, leader: 'log' };
  return { to: living, leader: 'consumer' };
}
