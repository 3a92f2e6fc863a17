import type { ConsumerDefinition, Queryable } from '@waybill/messaging';
import { beginReplay, lockRunningJob } from '@waybill/postgres';
import type pg from 'pg';
import type { ReplaySelection } from './api.ts';
import { endJob } from './job-commands.ts';
import { checkpointOf, firstCheckpoint, offsetsIn, type ReplayCheckpoint } from './replay-checkpoint.ts';
import { replayRanges, type ReplaySource } from './replay-feed.ts';

/** What a job that reads a topic begins with. */
export interface TopicJobOptions {
  readonly pool: pg.Pool;
  readonly source: ReplaySource;
  transaction<T>(fn: (tx: Queryable) => Promise<T>): Promise<T>;
}

/** Settles once what a job reads of a topic: up to where the consumer is now, since what comes behind it comes by itself. */
export async function settleRanges(
  { source, pool, transaction }: TopicJobOptions,
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

/** Stops a job that cannot be worked on. */
export async function giveUp(tx: Queryable, id: string, note: string): Promise<void> {
  const job = await lockRunningJob(tx, id);
  if (job !== undefined) await endJob(tx, job, 'stopped', note);
}
