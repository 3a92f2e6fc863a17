import { randomUUID } from 'node:crypto';
import { aloneUpTo, type Queryable } from '@waybill/messaging';
import {
  insertJob,
  type JobRow,
  type JobState,
  lockJob,
  redriveSize,
  setJobPace,
  setJobState,
} from '@waybill/postgres';
import { problem } from '../http/problem.ts';
import { type DryRun, jobPace, type StartJob } from './api.ts';
import { noteDone, type OnBehalf, type Performed } from './performed.ts';
import { defined } from './views.ts';

/** What a job would touch, if it began now. */
export async function dryRunOf(db: Queryable, job: StartJob): Promise<DryRun> {
  if (job.kind === 'replay') throw replayIsNotHere();
  const { last: _, oldest, newest, ...size } = await redriveSize(db, job.selection);
  return defined({
    ...size,
    oldest: oldest?.toISOString(),
    newest: newest?.toISOString(),
    needsApproval: size.total > aloneUpTo,
    estimatedSeconds: Math.ceil(size.total / job.pace.perSecond + job.pace.rampSeconds / 2),
  });
}

/** Begins a job over what the selection holds now; what fails later is not taken. @throws {ProblemError} 409 when that is nothing. */
export async function beginJob(
  tx: Queryable,
  job: StartJob,
  by: OnBehalf,
): Promise<Performed & { readonly job: string }> {
  if (job.kind === 'replay') throw replayIsNotHere();
  const { total, last } = await redriveSize(tx, job.selection);
  if (total === 0) {
    throw problem(409, {
      code: 'ops.nothing-selected',
      detail: 'No dead entry is in the selection. Widen it, or be glad.',
    });
  }
  const id = randomUUID();
  const { consumer } = job.selection;
  await insertJob(tx, {
    ...{ id, kind: job.kind, consumer, selection: job.selection, pace: job.pace, reason: job.reason, total },
    ...{ actor: by.actor, approvedBy: by.approvedBy, checkpoint: { after: '0', upTo: String(last) } },
  });
  return {
    job: id,
    ...{ action: 'job.start', target: `job/${id}`, reason: job.reason, result: 'started' },
    details: { kind: job.kind, selection: job.selection, pace: job.pace, total },
  };
}

const steering: Readonly<
  Record<'pause' | 'resume' | 'cancel', { readonly from: readonly JobState[]; readonly to: JobState }>
> = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused', 'stopped'], to: 'running' },
  cancel: { from: ['running', 'paused', 'stopped'], to: 'cancelled' },
};

/** Pauses, resumes or cancels. What is under way ends; what a cancelled job did stays done. */
export async function steer(
  tx: Queryable,
  id: string,
  action: 'pause' | 'resume' | 'cancel',
  reason: string | undefined,
): Promise<Performed> {
  const job = await needJob(tx, id);
  const { from, to } = steering[action];
  if (!from.includes(job.state)) {
    throw problem(409, { code: 'ops.job-state', detail: `The job is ${job.state}: it cannot be made to ${action}.` });
  }
  await setJobState(tx, id, to);
  return { action: `job.${action}`, target: `job/${id}`, reason, result: to };
}

export async function repace(tx: Queryable, id: string, perSecond: number): Promise<Performed> {
  const job = await needJob(tx, id);
  const before = jobPace.parse(job.pace);
  await setJobPace(tx, id, { ...before, perSecond });
  const details = { from: before.perSecond, to: perSecond };
  return { action: 'job.pace', target: `job/${id}`, details, result: `${perSecond} a second` };
}

/** Ends a job that came to its end, or stops one whose entries fail, and writes that down as Waybill's own doing. */
export async function endJob(
  tx: Queryable,
  job: JobRow,
  state: 'done' | 'stopped',
  note: string | undefined,
): Promise<void> {
  await setJobState(tx, job.id, state, note);
  const by = { actor: 'waybill', approvedBy: undefined };
  await noteDone(tx, by, { action: `job.${state}`, target: `job/${job.id}`, reason: note, result: state });
}

async function needJob(tx: Queryable, id: string): Promise<JobRow> {
  const job = await lockJob(tx, id);
  if (job === undefined) throw problem(404, { code: 'ops.no-job', detail: 'There is no such job here.' });
  return job;
}

function replayIsNotHere() {
  return problem(501, { code: 'ops.no-replay', detail: 'This service cannot replay yet.' });
}
