import type { Queryable } from '@waybill/messaging';
import { type JobOutcomes, type JobRow, noteStep } from '@waybill/postgres';
import { z } from 'zod';
import { endJob } from './job-commands.ts';
import { record } from './views.ts';

/** How a job's entries ended, as far as it says whether the job should go on. */
export interface Ended {
  readonly done: number;
  readonly failed: number;
}

const judgedShape = z.object({ judged: z.object({ done: z.number(), failed: z.number() }) });

/** What ended since the job was last stopped: whoever resumed it has mended the cause, and is judged by what comes then. */
export function endedSinceStop(job: JobRow, { done, skipped, failed }: Omit<JobOutcomes, 'underWay'>): Ended {
  const judged = judgedShape.safeParse(job.checkpoint).data?.judged ?? { done: 0, failed: 0 };
  return { done: Math.max(0, done + skipped - judged.done), failed: Math.max(0, failed - judged.failed) };
}

/** Stops a job whose entries fail, and remembers what it was judged by. */
export async function stopJob(
  tx: Queryable,
  job: JobRow,
  { done, skipped, failed }: Omit<JobOutcomes, 'underWay'>,
  note: string,
): Promise<void> {
  const checkpoint = { ...record(job.checkpoint), judged: { done: done + skipped, failed } };
  await noteStep(tx, job.id, { checkpoint, taken: [], passedOver: 0 });
  await endJob(tx, job, 'stopped', note);
}
