import { CannotFollowError } from '../errors.ts';
import type { PartitionBounds } from '../log.ts';
import type { ClaimedPartition } from './inbox-store.ts';

/** Events between the stored position and what the log still has are gone, or the position itself is. */
export class HistoryLostError extends CannotFollowError {
  constructor(consumer: string, bounds: PartitionBounds, what: string) {
    super(
      'consumer.history-lost',
      `${consumer} cannot go on at ${bounds.topic}/${bounds.partition}: ${what} Nothing was skipped. Restore the consumer's database or the topic, rebuild the projection, or set the position knowingly.`,
    );
  }
}

/** Where reading begins when nothing was read before. */
export type FirstRead =
  { readonly at: 'earliest' } | { readonly at: 'latest' } | { readonly at: 'time'; readonly ms: number };

/** Whether a partition goes on where it was, or begins as the consumer's policy for new readers says. */
export type StartDecision = { readonly start: 'stored'; readonly offset: bigint } | { readonly start: 'first' };

/**
 * Decides where a partition is read from. The stored position counts; what the group committed to the log only shows
 * that there should be one.
 *
 * @throws {HistoryLostError} rather than ever jumping in silence.
 */
export function decideStart(claimed: ClaimedPartition, bounds: PartitionBounds): StartDecision {
  const stored = claimed.nextOffset;
  if (stored === undefined) {
    if (bounds.committed === undefined) return { start: 'first' };
    throw new HistoryLostError(
      claimed.consumer,
      bounds,
      `the group has committed offset ${bounds.committed}, but the consumer's database holds no position.`,
    );
  }
  if (stored < bounds.low) {
    throw new HistoryLostError(
      claimed.consumer,
      bounds,
      `its position is ${stored}, and the log begins at ${bounds.low}.`,
    );
  }
  if (stored > bounds.high) {
    throw new HistoryLostError(
      claimed.consumer,
      bounds,
      `its position is ${stored}, and the log ends at ${bounds.high}: the topic was made anew.`,
    );
  }
  return { start: 'stored', offset: stored };
}

export async function firstOffset(first: FirstRead, bounds: PartitionBounds): Promise<bigint> {
  switch (first.at) {
    case 'earliest':
      return bounds.low;
    case 'latest':
      return bounds.high;
    case 'time':
      return bounds.offsetAt(first.ms);
  }
}
