/** One partition as the log, the living consumer and a generation under construction have it. */
export interface FollowedPartition {
  readonly topic: string;
  readonly partition: number;
  /** The lowest offset that the log still has, and the one that the next record gets. */
  readonly low: bigint;
  readonly high: bigint;
  /** The next offset of the living consumer; undefined where it has none. */
  readonly living: bigint | undefined;
  /** The generation's; undefined where it has not begun. */
  readonly generation: bigint | undefined;
}

/**
 * Up to where a generation reads a partition: to the living consumer's position, so that it is never ahead of it. Where that
 * position is gone, or lies outside of the log, the consumer cannot go on itself, and the generation reads to the log's end.
 */
export function followTo({ living, low, high }: Pick<FollowedPartition, 'living' | 'low' | 'high'>): {
  readonly to: bigint;
  readonly leader: 'consumer' | 'log';
} {
  if (living === undefined || living < low || living > high) return { to: high, leader: 'log' };
  return { to: living, leader: 'consumer' };
}

/** Offsets that a generation has still to read. Where it is ahead, since its snapshots were, it waits for the consumer. */
export function offsetsLeft(partitions: readonly FollowedPartition[]): bigint {
  return partitions.reduce((sum, each) => {
    const { to } = followTo(each);
    const from = each.generation ?? each.low;
    return from < to ? sum + to - from : sum;
  }, 0n);
}

/** Partitions at which a generation and whom it follows are not at the same offset. */
export function partitionsApart(partitions: readonly FollowedPartition[]): readonly FollowedPartition[] {
  return partitions.filter((each) => each.generation !== followTo(each).to);
}
