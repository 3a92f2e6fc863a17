import { randomUUID } from 'node:crypto';
import { HistoryLostError, type Queryable, topicsOf, whyNotRebuilt } from '@waybill/messaging';
import {
  comingUp,
  generationOfJob,
  holdGeneration,
  jobById,
  type JobRow,
  letGenerationGo,
  lockRebuild,
  noteRebuild,
  positionPairs,
} from '@waybill/postgres';
import { pause } from '../background-task.ts';
import { jobPace } from './api.ts';
import { endJob } from './job-commands.ts';
import {
  decideVersion,
  isCompareDue,
  type RebuildCheckpoint,
  rebuildCheckpoint,
  tooManyFailed,
} from './rebuild-checkpoint.ts';
import { compareGeneration } from './rebuild-comparing.ts';
import { beginHold, endHold, keepCheckpoint } from './rebuild-hold.ts';
import { isToBeCompared, isToBeSwapped, Nearness } from './rebuild-nearness.ts';
import { type RunningGeneration, startGeneration } from './rebuild-run.ts';
import { type RebuildOptions, type Standing, standingOf, type Turn } from './rebuild-standing.ts';
import { refuseLate, swapIn } from './rebuild-swap.ts';

/** Milliseconds of a turn, of a look at where it is, and after which another process takes a generation whose holder died. */
const turnMs = 30_000;
const lookMs = 300;
const leaseMs = 6_000;

const holder = randomUUID();

/**
 * Works on a rebuild for a while: builds the generation, follows the living consumer, compares, and swaps when that was asked
 * for. Everything that it knows is in the database, so that another process goes on where this one was killed.
 */
export async function rebuildTurn(
  options: RebuildOptions,
  job: JobRow,
  signal: AbortSignal | undefined,
): Promise<'again' | 'over'> {
  const generation = await generationOfJob(options.pool, job.id);
  if (generation?.state !== 'building') return 'over';
  const definition = options.definitions.find(({ name }) => name === job.consumer);
  const why =
    definition === undefined ? 'The service has no consumer of that name any more.' : whyNotRebuilt(definition);
  if (definition === undefined || why !== undefined) {
    await giveUp(options, job.id, why ?? '');
    return 'over';
  }
  if (decideVersion(rebuildCheckpoint(job.checkpoint), options.version).isNew && !(await takesOver(options, job.id)))
    return 'over';
  const turn: Turn = { options, job: job.id, definition, generation };
  if (job.state === 'ready' && !(await hasWork(turn, job))) return 'over';
  const mine = `${holder} ${randomUUID()}`;
  if (!(await holdGeneration(options.pool, job.id, mine, leaseMs))) return 'over';
  const nearness = new Nearness();
  let isMine = true;
  const keeping = setInterval(() => {
    holdGeneration(options.pool, job.id, mine, leaseMs).then(
      (held) => (isMine &&= held),
      () => undefined,
    );
  }, leaseMs / 4);
  const run = startGeneration(options, definition, generation, jobPace.parse(job.pace).perSecond);
  let failure: unknown;
  run.consumer.ended.catch((error: unknown) => (failure = error));
  const until = performance.now() + turnMs;
  try {
    for (;;) {
      if (run.problem !== undefined) {
        if (run.problem.code !== 'rebuild.over') await giveUp(options, job.id, run.problem.message);
        return 'over';
      }
      if (failure instanceof HistoryLostError) {
        await giveUp(options, job.id, `${failure.message} Cancel this rebuild, and begin another.`);
        return 'over';
      }
      if (!isMine) return 'over';
      const next = await look(turn, run, nearness);
      if (next !== 'onward') return next;
      if (performance.now() > until || signal?.aborted === true) return 'again';
      // Another process had the generation, or its store was away: not at once again, or the two take it from each other.
      if (failure !== undefined) return 'over';
      await pause(lookMs, signal ?? new AbortController().signal);
    }
  } finally {
    clearInterval(keeping);
    await run.stop();
    await letGenerationGo(options.pool, job.id, mine).catch(() => undefined);
  }
}

/** Notes the deployment that goes on with a rebuild, and stops one that another has begun, for a person to resume it knowingly. */
async function takesOver(options: RebuildOptions, job: string): Promise<boolean> {
  const isStopped = await options.transaction(async (tx) => {
    const row = await lockRebuild(tx, job);
    if (row === undefined) return true;
    const before = rebuildCheckpoint(row.checkpoint);
    const { isNew, problem } = decideVersion(before, options.version);
    const checkpoint: RebuildCheckpoint = isNew ? { ...before, version: options.version } : before;
    if (isNew) await keepCheckpoint(tx, row, checkpoint);
    if (problem !== undefined) await stopRebuild(tx, { ...row, checkpoint }, problem);
    return problem !== undefined;
  });
  if (isStopped) await options.followPauses();
  return !isStopped;
}

/** Whether a rebuild that is ready is behind again, or is to be swapped or compared; it rests otherwise. */
async function hasWork({ options, definition, generation, job }: Turn, row: JobRow): Promise<boolean> {
  const checkpoint = rebuildCheckpoint(row.checkpoint);
  if (checkpoint.swap !== undefined) return true;
  const pairs = await positionPairs(options.pool, generation, topicsOf(definition));
  if (pairs.some(({ living, generation: made }) => living !== made)) return true;
  if ((await comingUp(options.pool, generation.name)) > 0) return true;
  await options.pool.query(`UPDATE waybill.job SET stepped_at = clock_timestamp() WHERE id = $1 AND state = 'ready'`, [
    job,
  ]);
  return false;
}

/** One look: what is noted, and what is done next. */
async function look(turn: Turn, run: RunningGeneration, nearness: Nearness): Promise<'onward' | 'again' | 'over'> {
  const { options, definition, generation } = turn;
  const job = await jobById(options.pool, turn.job);
  if (job?.state !== 'running' && job?.state !== 'ready') return 'over';
  const pace = jobPace.parse(job.pace);
  run.setPace(pace.perSecond);
  const checkpoint = rebuildCheckpoint(job.checkpoint);
  const standing = await standingOf(turn, checkpoint, nearness.isLogDue(Date.now()) ? 'asked' : 'spared');
  const stop = tooManyFailed(standing.dead, standing.progress.taken, pace.stopAtFailureShare);
  if (stop !== undefined) {
    await giveUp(options, turn.job, stop);
    return 'over';
  }
  if (checkpoint.swap !== undefined) {
    if (await refuseLate(turn, checkpoint.swap.heldAt)) return 'over';
    await beginHold(turn, checkpoint);
    if (!isToBeSwapped(standing, checkpoint.swap.heldAt, Date.now())) return note(turn, standing, undefined);
    await run.stop();
    return swapIn(turn);
  }
  if (!isToBeCompared(standing, nearness.see(standing.pairs, Date.now()))) return note(turn, standing, undefined);
  if (job.state === 'ready' && !isCompareDue(checkpoint, Date.now())) {
    await note(turn, standing, undefined);
    return 'over';
  }
  const began = performance.now();
  const report = await compareGeneration(options.pool, definition, generation);
  return note(turn, standing, { report, ms: performance.now() - began });
}

/** Writes down where it is; with a comparison it is ready, and its turn is over: it follows from time to time. */
async function note(
  { options, job }: Turn,
  { progress, dead }: Standing,
  compared: { readonly report: unknown; readonly ms: number } | undefined,
): Promise<'onward' | 'over'> {
  return options.transaction(async (tx) => {
    const row = await lockRebuild(tx, job);
    if (row === undefined) return 'over';
    const before = rebuildCheckpoint(row.checkpoint);
    const isReady = compared !== undefined && before.swap === undefined;
    const checkpoint: RebuildCheckpoint = {
      ...before,
      ...{ starts: progress.starts, dead },
      ...(compared === undefined ? {} : { comparedAt: Date.now(), compareMs: compared.ms }),
    };
    await noteRebuild(tx, job, {
      ...{ checkpoint, total: progress.total, taken: progress.taken, report: compared?.report ?? row.report },
      ...(isReady && row.state === 'running'
        ? { state: 'ready', note: undefined }
        : { state: row.state, note: row.note }),
    });
    return isReady ? 'over' : 'onward';
  });
}

async function giveUp(options: RebuildOptions, job: string, why: string): Promise<void> {
  await options.transaction(async (tx) => {
    const row = await lockRebuild(tx, job);
    if (row !== undefined) await stopRebuild(tx, row, why);
  });
  await options.followPauses();
}

async function stopRebuild(tx: Queryable, row: JobRow, why: string): Promise<void> {
  await endHold(tx, row, 'waybill');
  await endJob(tx, row, 'stopped', why);
}
