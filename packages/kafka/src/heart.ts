import type { EachBatchPayload } from 'kafkajs';
import { asError } from './settling.ts';

/** Heartbeats during a delivery, since kafkajs sends them only between batches. */
export interface Heart {
  stop(): void;
  /** A heartbeat failed: the group rebalances, or is out of reach, so no further records are to be dealt with. */
  readonly isRebalancing: boolean;
  /** Hands the failure to kafkajs, which joins again. */
  throwIfRebalancing(): void;
}

export function keepHeartBeating(payload: Pick<EachBatchPayload, 'heartbeat'>, intervalMs: number): Heart {
  let problem: Error | undefined;
  const beat = (): void => {
    payload.heartbeat().catch((error: unknown) => {
      problem ??= asError(error);
    });
  };
  const timer = setInterval(beat, intervalMs);
  return {
    stop: () => clearInterval(timer),
    get isRebalancing() {
      return problem !== undefined;
    },
    throwIfRebalancing() {
      if (problem !== undefined) throw problem;
    },
  };
}
