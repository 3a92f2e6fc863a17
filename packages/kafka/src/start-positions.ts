import type { PartitionBounds } from '@waybill/messaging';
import { StartOffsetError } from './errors.ts';

export interface Start {
  readonly topic: string;
  readonly partition: number;
  readonly start: bigint;
}

/**
 * The offset to begin each partition at.
 * @throws {StartOffsetError} when there is no answer for a partition, or it lies outside what the log holds: the client
 * would jump to its beginning in silence.
 */
export function startPositions(
  bounds: readonly Pick<PartitionBounds, 'topic' | 'partition' | 'low' | 'high'>[],
  starts: readonly Start[],
): readonly Start[] {
  return bounds.map(({ topic, partition, low, high }) => {
    const start = starts.find((each) => each.topic === topic && each.partition === partition)?.start;
    if (start === undefined) throw new StartOffsetError(topic, partition, 'no start was given for it');
    if (start < low || start > high) {
      throw new StartOffsetError(
        topic,
        partition,
        `offset ${start} was asked for, and the log holds ${low} to ${high}`,
      );
    }
    return { topic, partition, start };
  });
}

export function partitionKey(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
