import { randomUUID } from 'node:crypto';
import { aloneUpTo, type ConsumerDefinition, type Queryable } from '@waybill/messaging';
import {
  insertJob,
  type JobRow,
  type JobState,
  lockJob,
  moveGeneration,
  redriveSize,
  setJobPace,
  setJobState,
} from '@waybill/postgres';
import { problem } from '../http/problem.ts';
import { type DryRun, jobPace, type StartJob } from './api.ts';
import { consumerNamed, type Desk } from './desk.ts';
import { noteDone, type OnBehalf, type Performed } from './performed.ts';
import { beginRebuild, dryRunOfRebuild } from './rebuild-commands.ts';
import { endHold } from './rebuild-hold.ts';
import { needTopic } from './replay-selection.ts';
import { replaySize } from './replay-size.ts';
import { beginShadow, dryRunOfShadow } from './shadow-commands.ts';
import { defined } from './views.ts';

/**
 * What a job would touch, if it began now.
 * @throws {ProblemError} 404 or 409 when there is no such consumer, or it does not take events from the topic.
 */
export async function dryRunOf(db: Queryable, desk: Desk, job: StartJob): Promise<DryRun> {
  if (job.kind === 'rebuild') return dryRunOfRebuild(db, desk, consumerNamed(desk, job.consumer), job);
  if (job.kind === 'shadow') return dryRunOfShadow(db, desk, job);
  const {
    last: _,
    oldest,
    newest,
    ...size
  } = job.kind === 'redrive' ? await redriveSize(db, job.selection) : await sizeOfReplay(db, desk, job);
  return defined({
    ...size,
    oldest: oldest?.toISOString(),
    newest: newest?.toISOString(),
    needsApproval: size.total > aloneUpTo,
    estimatedSeconds: Math.ceil(size.total / job.pace.perSecond + job.pace.rampSeconds / 2),
  });
}

async function sizeOfReplay(db: Queryable, desk: Desk, { consumer, selection }: Extract<StartJob, { kind: 'replay' }>) {
  const definition = consumerNamed(desk, consumer);
  needTopic(definition, selection.topic);
  const { oldest, newest, ...size } = await replaySize(desk.replays, db, definition, selection);
  const at = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms));
  return { ...size, behind: 0, last: undefined, oldest: at(oldest), newest: at(newest) };
}

/** Begins a job over what the selection holds now; what fails later is not taken. @throws {ProblemError} 409 when that is nothing. */
export async function beginJob(
  tx: Queryable,
  definitions: readonly ConsumerDefinition[],
  job: StartJob,
  by: OnBehalf,
): Promise<Performed & { readonly job: string }> {
  if (job.kind === 'replay') return beginReplaying(tx, job, by);
  if (job.kind === 'rebuild') {
    const definition = definitions.find(({ name }) => name === job.consumer);
    if (definition === undefined)
      throw problem(409, { code: 'ops.no-consumer', detail: 'The service has no consumer of that name any more.' });
    return beginRebuild(tx, definition, job, by);
  }
  if (job.kind === 'shadow') return beginShadow(tx, job, by);
  const { total, last } = await redriveSize(tx, job.selection);
  if (total === 0) throw nothingSelected('No dead entry is in the selection. Widen it, or be glad.');
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

/** What it reads is settled in its first step, which may ask the brokers; this transaction does not. */
async function beginReplaying(tx: Queryable, job: Extract<StartJob, { kind: 'replay' }>, by: OnBehalf) {
  const id = randomUUID();
  const { kind, consumer, selection, pace, reason } = job;
  await insertJob(tx, {
    ...{ id, kind, consumer, selection, pace, reason, total: 0, checkpoint: {} },
    ...{ actor: by.actor, approvedBy: by.approvedBy },
  });
  return {
    job: id,
    ...{ action: 'job.start', target: `job/${id}`, reason, result: 'started' },
    details: { kind, consumer, selection, pace },
  };
}

const steering: Readonly<
  Record<'pause' | 'resume' | 'cancel', { readonly from: readonly JobState[]; readonly to: JobState }>
> = {
  pause: { from: ['running', 'ready'], to: 'paused' },
  resume: { from: ['paused', 'stopped'], to: 'running' },
  cancel: { from: ['running', 'paused', 'stopped', 'ready'], to: 'cancelled' },
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
  if (job.kind === 'rebuild' && action !== 'resume') {
    // A swap that was asked for is off, and the consumer that was held for it goes on.
    await endHold(tx, job, 'waybill');
    if (action === 'cancel') await moveGeneration(tx, id, { from: 'building', to: 'discarded' });
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

export function nothingSelected(detail: string) {
  return problem(409, { code: 'ops.nothing-selected', detail });
}
