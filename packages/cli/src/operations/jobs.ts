import { commandResult, jobParams, type JobView, jobView, repaceJob, steerJob } from '@waybill/service/operations';
import { listIn } from './answers.ts';
import { type Answer, askAll, whoHas } from './ask-all.ts';
import { checked } from './checked.ts';
import { commanded, listed, type Outcome, shown } from './outcome.ts';
import { counted } from './printing/colours.ts';
import { endedOf, hasEnded, type JobRow, jobLines, jobsLines, mergedJobs } from './printing/job-lines.ts';
import type { Session } from './session.ts';
import { endText, watchJob } from './watch-job.ts';

/** Lists the jobs of one service or of all. */
export async function listJobs(session: Session, service: string | undefined): Promise<Outcome> {
  const heard = await askAll(session.clients(service), async (client) => client.get('/jobs', listIn('jobs', jobView)));
  const jobs = mergedJobs(
    heard.answers.flatMap(({ service, answer }) => answer.map((job): JobRow => ({ service, ...job }))),
  );
  return listed(heard, jobsLines(jobs, session.view()), { jobs });
}

/** A job, wherever it runs. @throws UsageError for what is no id of a job. */
export async function jobOf(session: Session, service: string | undefined, text: string): Promise<Answer<JobView>> {
  const { id } = checked(jobParams, { id: text });
  return whoHas(session.clients(service), `the job ${id}`, async (client) => client.get(`/jobs/${id}`, jobView));
}

export async function showJob(session: Session, service: string | undefined, id: string): Promise<Outcome> {
  const found = await jobOf(session, service, id);
  return shown(jobLines(found.service, found.answer, session.view()), { service: found.service, ...found.answer });
}

/** Shows a job until it ends, or waits for a person. It ends as `done` when the job did so, and nothing failed again. */
export async function watchUntilEnd(session: Session, service: string | undefined, id: string): Promise<Outcome> {
  const { client, answer } = await jobOf(session, service, id);
  if (!hasEnded(answer.state)) session.screen.faint('Ctrl-C ends the watching; the job goes on.');
  const job = await watchJob(session, client, answer.id);
  const isGood = (job.state === 'done' || job.state === 'ready') && job.failed === 0;
  const next = job.state === 'ready' ? [`  ./waybill jobs show ${job.id}`, `  ./waybill jobs swap ${job.id}`] : [];
  return {
    ending: isGood ? 'done' : 'failed',
    lines: [endText(job), ...next],
    json: { service: client.service, ...job },
  };
}

export interface SteerFlags {
  readonly service?: string;
  readonly reason?: string;
}

/** Pauses, resumes or cancels a job. A cancelled one cannot go on, so that is asked before. */
export async function steer(
  session: Session,
  action: 'pause' | 'resume' | 'cancel',
  id: string,
  { service, reason }: SteerFlags,
): Promise<Outcome> {
  const { client, answer: job } = await jobOf(session, service, id);
  const body = checked(steerJob, { action, ...(reason === undefined ? {} : { reason }) });
  if (action === 'cancel') {
    const left = job.total - endedOf(job);
    await session.questions.confirm(`Cancel it for good, with ${counted(left, 'entry', 'entries')} left?`);
  }
  const result = await client.post(`/jobs/${job.id}/steer`, body, commandResult);
  return commanded(client.service, result, `job ${job.id} ${told[action]}`);
}

const told = { pause: 'is paused', resume: 'goes on', cancel: 'is cancelled' } as const;

/** Has a job go at another rate, in entries a second. */
export async function repace(
  session: Session,
  id: string,
  perSecond: number,
  { service }: SteerFlags,
): Promise<Outcome> {
  const { client, answer: job } = await jobOf(session, service, id);
  const result = await client.post(`/jobs/${job.id}/pace`, checked(repaceJob, { perSecond }), commandResult);
  return commanded(client.service, result, `job ${job.id} goes at ${perSecond} a second`);
}
