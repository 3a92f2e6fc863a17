import { setTimeout as pause } from 'node:timers/promises';
import { distinctKeys, eventOf, type Logger, type Queryable, redrive } from '@waybill/messaging';
import {
  idleJobs,
  inboxTransaction,
  jobById,
  jobOutcomes,
  type JobRow,
  lockRunningJob,
  markRedriven,
  nextEntries,
  noteStep,
} from '@waybill/postgres';
import { Logger as WorkerLogger, makeWorkerUtils, run, type Runner, type WorkerUtils } from 'graphile-worker';
import { z } from 'zod';
import { jobPace, startJob } from './api.ts';
import type { ServiceFacts, Told } from './facts.ts';
import { endJob } from './job-commands.ts';
import { endedSinceStop, stopJob } from './judging.ts';
import { decideStep } from './pacing.ts';
import type { RebuildOptions } from './rebuild-standing.ts';
import { rebuildTurn } from './rebuild-turn.ts';
import { replayTurn, type ReplayTurnOptions } from './replay-turn.ts';
import { shadowTurn } from './shadow-turn.ts';
import { record } from './views.ts';

export interface JobRunnerOptions extends ReplayTurnOptions {
  readonly log: Logger;
  /** Where it is told what a job redrove. */
  readonly facts?: ServiceFacts | undefined;
  /** What projections are rebuilt with. */
  readonly rebuilds: RebuildOptions;
}

export interface RunningJobs {
  /** Has a job worked on, here or in another process of the service. In the transaction that began it, or resumed it. */
  enqueue(tx: Queryable, id: string): Promise<void>;
  /** Brings jobs back whose process died: it may be called at any time, since no two are ever at the same step. */
  rescue(): Promise<void>;
  stop(): Promise<void>;
}

const task = 'waybill-job';
/** Milliseconds that a job is worked on before it goes to the end of the queue, and without a step until it is rescued. */
const turnMs = 5_000;
const idleMs = 5_000;

/** Runs the jobs of a service by graphile-worker, whose tables lie beside Waybill's. */
export async function startJobs(options: JobRunnerOptions): Promise<RunningJobs> {
  const { pool, log } = options;
  const logger = new WorkerLogger(() => (level, message) => {
    if (level === 'error' || level === 'warning') log.warn({ problem: message }, 'jobs');
  });
  const utils: WorkerUtils = await makeWorkerUtils({ pgPool: pool, logger });
  await utils.migrate();
  const runner: Runner = await run({
    pgPool: pool,
    logger,
    // A rebuild that is built has one for long; redrives are not to wait for it.
    concurrency: 4,
    noHandleSignals: true,
    // A job goes on from its last step, here or elsewhere: a process that is told to end does not wait for the turn's end.
    gracefulShutdownAbortTimeout: 0,
    // It is told of each job; this is for one that nobody told it of.
    pollInterval: 10_000,
    taskList: {
      [task]: async (payload, helpers) => {
        const { id } = payloadShape.parse(payload);
        const job = await jobById(pool, id);
        if (job === undefined || !isWorkedOn(job)) return;
        const signal = helpers.abortSignal;
        const next = await turnOf(options, job, signal);
        if (next === 'again') await enqueue(pool, id);
      },
    },
  });
  return {
    enqueue: async (tx, id) => enqueue(tx, id),
    async rescue() {
      for (const id of await idleJobs(pool, idleMs)) await enqueue(pool, id);
    },
    async stop() {
      await runner.stop();
      await utils.release();
    },
  };
}

/** Whether there is work to be done on it without a person: a rebuild that is ready follows its consumer. */
function isWorkedOn({ state, kind }: JobRow): boolean {
  return state === 'running' || (state === 'ready' && kind === 'rebuild');
}

async function turnOf(
  options: JobRunnerOptions,
  job: JobRow,
  signal: AbortSignal | undefined,
): Promise<'again' | 'over'> {
  switch (job.kind) {
    case 'replay':
      return replayTurn(options, job, signal);
    case 'rebuild':
      return rebuildTurn(options.rebuilds, job, signal);
    case 'shadow':
      return shadowTurn(options, job, signal);
    case 'redrive':
      return workOn(options, job.id, signal);
  }
}

const payloadShape = z.object({ id: z.uuid() });

/** One key a job: what is queued already is not queued twice, and what a dead process holds does not stand in the way. */
async function enqueue(db: Queryable, id: string): Promise<void> {
  await db.query(`SELECT graphile_worker.add_job($1, payload := $2::json, job_key := $3, max_attempts := 100)`, [
    task,
    JSON.stringify({ id }),
    `waybill-job:${id}`,
  ]);
}

async function workOn(
  options: JobRunnerOptions,
  id: string,
  signal: AbortSignal | undefined,
): Promise<'again' | 'over'> {
  const until = performance.now() + turnMs;
  const goesOn = () => performance.now() < until && signal?.aborted !== true;
  while (goesOn()) {
    const waitMs = await options.transaction(async (tx) => step(tx, id, options.facts));
    if (waitMs === undefined) return 'over';
    options.wake();
    await pause(waitMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
  return 'again';
}

const checkpointShape = z.object({ after: z.string(), upTo: z.string() });

/** One step in one transaction: what it takes, where it got to and what it counts are there together or not at all. */
async function step(tx: Queryable, id: string, facts: ServiceFacts | undefined): Promise<number | undefined> {
  const job = await lockRunningJob(tx, id);
  if (job === undefined) return undefined;
  const { underWay, ...ended } = await jobOutcomes(tx, id);
  const now = Date.now();
  const decision = decideStep(jobPace.parse(job.pace), {
    ...{ taken: job.taken, ...endedSinceStop(job, ended), underWay },
    runsForMs: now - job.createdAt.getTime(),
    sinceStepMs: now - (job.steppedAt ?? job.createdAt).getTime(),
  });
  if (decision.step === 'stop') {
    await stopJob(tx, job, ended, decision.note);
    return undefined;
  }
  if (decision.step === 'wait') return decision.ms;
  const more = await take(tx, job, decision.limit, facts);
  if (more === 'more') return 0;
  if (underWay > 0) return 300;
  await endJob(tx, job, 'done', undefined);
  return undefined;
}

async function take(
  tx: Queryable,
  job: JobRow,
  limit: number,
  facts: ServiceFacts | undefined,
): Promise<'more' | 'end'> {
  const spec = startJob.parse({ kind: job.kind, selection: job.selection, pace: job.pace, reason: job.reason });
  if (spec.kind !== 'redrive') throw new Error(`a job of kind ${spec.kind} has no entries`);
  const { after, upTo } = checkpointShape.parse(job.checkpoint);
  const entries = await nextEntries(tx, spec.selection, { after, upTo, limit });
  if (entries.length === 0) return 'end';
  const inbox = inboxTransaction(tx, `job ${job.id}`);
  // All at once and so in the order of their ids, as the consumers lock them: neither can be in the other's way for good.
  await inbox.lockEntities(job.consumer, distinctKeys(entries.map(({ key }) => key)));
  const taken: string[] = [];
  const told: Told[] = [];
  for (const { id } of entries) {
    const outcome = await redrive(inbox, job.consumer, BigInt(id));
    if (outcome.done !== 'yes') continue;
    taken.push(id);
    told.push({ what: 'redriven', how: 'AS_IT_WAS', event: eventOf(job.consumer, outcome.parked) });
  }
  await markRedriven(tx, taken, job.id);
  await facts?.operated(tx, job, told, { reason: job.reason, job: job.id });
  await noteStep(tx, job.id, {
    checkpoint: { ...record(job.checkpoint), after: entries.at(-1)?.id ?? after, upTo },
    taken,
    passedOver: entries.length - taken.length,
  });
  return 'more';
}
