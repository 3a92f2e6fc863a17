import type { Queryable } from '@waybill/messaging';
import { jobOutcomes, type JobOutcomes, type JobRow } from '@waybill/postgres';
import { rebuildCheckpoint } from './rebuild-checkpoint.ts';

/**
 * How what a job began has ended. A rebuild counts the offsets that it has read, and of its events those that are dead; a
 * shadow the events that it has compared.
 */
export async function outcomesOf(db: Queryable, job: JobRow): Promise<JobOutcomes> {
  if (job.kind === 'shadow') return { done: job.taken, failed: 0, skipped: 0, underWay: 0 };
  if (job.kind !== 'rebuild') return jobOutcomes(db, job.id);
  const { dead } = rebuildCheckpoint(job.checkpoint);
  return { done: Math.max(0, job.taken - dead), failed: dead, skipped: 0, underWay: 0 };
}
