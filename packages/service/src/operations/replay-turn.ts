import { setTimeout as pause } from 'node:timers/promises';
import type { ConsumerDefinition } from '@waybill/messaging';
import type { JobRow } from '@waybill/postgres';
import { replaySelection } from './api.ts';
import { giveUp, settleRanges, type TopicJobOptions } from './job-beginning.ts';
import { checkpointOf, rangesLeft } from './replay-checkpoint.ts';
import { ReplayFeed } from './replay-feed.ts';
import { replayStep } from './replay-step.ts';

export interface ReplayTurnOptions extends TopicJobOptions {
  readonly definitions: readonly ConsumerDefinition[];
  /** Has consumers look at once at what was parked for them, or is to be tried again. */
  wake(): void;
}

/** Milliseconds of a turn: longer than others', since reading a topic begins with joining a group. */
const turnMs = 30_000;

/**
 * Works on a replay for a while, from where its checkpoint is. Two processes at once do no harm: each step decides by
 * what it finds under the job's lock.
 */
export async function replayTurn(
  options: ReplayTurnOptions,
  job: JobRow,
  signal: AbortSignal | undefined,
): Promise<'again' | 'over'> {
  const definition = options.definitions.find(({ name }) => name === job.consumer);
  if (definition === undefined) {
    await options.transaction(async (tx) => giveUp(tx, job.id, 'The service has no consumer of that name any more.'));
    return 'over';
  }
  const selection = replaySelection.parse(job.selection);
  const begun = checkpointOf(job.checkpoint) ?? (await settleRanges(options, job.id, definition, selection));
  if (begun === undefined) return 'over';
  const until = performance.now() + turnMs;
  const goesOn = () => performance.now() < until && signal?.aborted !== true;
  let feed: ReplayFeed | undefined;
  try {
    while (goesOn()) {
      const step = await options.transaction(async (tx) => replayStep(tx, job.id, { definition, selection }, feed));
      if (step.next === 'over') return 'over';
      if (step.next === 'read') {
        feed ??= new ReplayFeed(options.source, definition, selection, rangesLeft(begun));
        await feed.fill();
        continue;
      }
      options.wake();
      if (step.inMs > 0)
        await pause(step.inMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  } finally {
    await feed?.close();
  }
  return 'again';
}
