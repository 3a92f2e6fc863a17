/** A partition as the log and the living consumer have it. */
export interface LedPartition {
  readonly topic: string;
  readonly partition: number;
  /** The lowest offset that the log still has, and the one that the next record gets. */
  readonly low: bigint;
  readonly high: bigint;
  /** The next offset of the living consumer; undefined where it has none. */
  readonly living: bigint | undefined;
}

/** Up to where a generation reads a partition, and who says so. */
export interface Lead {
  readonly topic: string;
  readonly partition: number;
  readonly to: bigint;
}

/**
 * Up to where a generation reads: in each partition to the living consumer's position, so that it is never ahead of it. Where
 * one of its positions is gone, or lies outside of the log, the consumer cannot go on, and nobody leads: the generation reads all
 * of them to their ends.
 *
 * @param partitions - What the log holds must not be older than the positions.
 */
export function followAll(partitions: readonly LedPartition[]): {
  readonly leader: 'consumer' | 'log';
  readonly leads: readonly Lead[];
} {
  const isLost = partitions.some(({ living, low, high }) => living === undefined || living < low || living > high);
  return {
    leader: isLost ? 'log' : 'consumer',
    leads: partitions.map(({ topic, partition, living, high }) => ({
      ...{ topic, partition, to: isLost || living === undefined ? high : living },
    })),
  };
}
