import { setTimeout as pause } from 'node:timers/promises';
import type { ConsumerDefinition, Queryable } from '@waybill/messaging';
import { beginReplay, type JobRow, lockRunningJob } from '@waybill/postgres';
import type pg from 'pg';
import { type ReplaySelection, replaySelection } from './api.ts';
import { endJob } from './job-commands.ts';
import { checkpointOf, firstCheckpoint, offsetsIn, rangesLeft, type ReplayCheckpoint } from './replay-checkpoint.ts';
import { ReplayFeed, replayRanges, type ReplaySource } from './replay-feed.ts';
import { replayStep } from './replay-step.ts';

export interface ReplayTurnOptions {
  readonly pool: pg.Pool;
  readonly definitions: readonly ConsumerDefinition[];
  readonly source: ReplaySource;
  transaction<T>(fn: (tx: Queryable) => Promise<T>): Promise<T>;
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
  const begun = checkpointOf(job.checkpoint) ?? (await begin(options, job.id, definition, selection));
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

/** Settles what the replay reads: up to where the consumer is now, since what comes behind it comes by itself. */
async function begin(
  { source, pool, transaction }: ReplayTurnOptions,
  id: string,
  definition: ConsumerDefinition,
  selection: ReplaySelection,
): Promise<ReplayCheckpoint | undefined> {
  const ranges = await replayRanges(source, pool, definition, selection);
  return transaction(async (tx) => {
    const job = await lockRunningJob(tx, id);
    if (job === undefined) return undefined;
    const settled = checkpointOf(job.checkpoint);
    if (settled !== undefined) return settled;
    const checkpoint = firstCheckpoint(ranges, Date.now());
    await beginReplay(tx, id, { total: offsetsIn(ranges), checkpoint });
    return checkpoint;
  });
}

async function giveUp(tx: Queryable, id: string, note: string): Promise<void> {
  const job = await lockRunningJob(tx, id);
  if (job !== undefined) await endJob(tx, job, 'stopped', note);
}
