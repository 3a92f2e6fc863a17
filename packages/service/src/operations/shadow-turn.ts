import { setTimeout as pause } from 'node:timers/promises';
import type { ConsumerDefinition, Logger } from '@waybill/messaging';
import { comingUp, jobById, type JobRow, lockRunningJob, noteShadowStep, noteWaiting } from '@waybill/postgres';
import { jobPace, replaySelection } from './api.ts';
import { giveUp, settleRanges, type TopicJobOptions } from './job-beginning.ts';
import { endJob } from './job-commands.ts';
import { decideStep } from './pacing.ts';
import {
  atTheEnd,
  behindRecords,
  checkpointOf,
  offsetsIn,
  rangesLeft,
  type ReplayCheckpoint,
} from './replay-checkpoint.ts';
import { ReplayFeed, type ReadRecord } from './replay-feed.ts';
import { compareFor, shadowedEvent, type ShadowedEvent } from './shadow-compare.ts';
import { type Compared, reportOf, withCompared } from './shadow-report.ts';

export interface ShadowTurnOptions extends TopicJobOptions {
  readonly definitions: readonly ConsumerDefinition[];
  readonly log: Logger;
}

/** Milliseconds of a turn. */
const turnMs = 30_000;
/** Events compared between two checkpoints, and records passed over. */
const comparedAtOnce = 25;
const lookedAtOnce = 200;
/** Parked events that the consumer is about to work on, at which a shadow waits. */
const enoughWaiting = 300;
const lookAgainMs = 300;

/**
 * Works on a shadow for a while, from where its checkpoint is. Events are compared before their step is noted, in a
 * transaction that finds the checkpoint as it was: whoever dies, or meets another process at the same job, compares some of
 * them again and counts none of them twice.
 */
export async function shadowTurn(
  options: ShadowTurnOptions,
  job: JobRow,
  signal: AbortSignal | undefined,
): Promise<'again' | 'over'> {
  const { pool, transaction, source } = options;
  const definition = options.definitions.find(({ name }) => name === job.consumer);
  const stop = async (note: string): Promise<'over'> => {
    await transaction(async (tx) => giveUp(tx, job.id, note));
    return 'over';
  };
  if (definition === undefined) return stop('The service has no consumer of that name any more.');
  if (definition.shadow.handlers.length === 0) return stop('The consumer declares no shadow any more.');
  const selection = replaySelection.parse(job.selection);
  const begun = checkpointOf(job.checkpoint) ?? (await settleRanges(options, job.id, definition, selection));
  if (begun === undefined) return 'over';
  const until = performance.now() + turnMs;
  const stopping = signal ?? new AbortController().signal;
  const rest = async (ms: number): Promise<void> => {
    await pause(ms, undefined, { signal: stopping }).catch(() => undefined);
  };
  let feed: ReplayFeed | undefined;
  try {
    while (performance.now() < until && !stopping.aborted) {
      const now = await jobById(pool, job.id);
      const checkpoint = checkpointOf(now?.checkpoint);
      if (now?.state !== 'running' || checkpoint === undefined) return 'over';
      const left = rangesLeft(checkpoint);
      if (left.length === 0) {
        await transaction(async (tx) => {
          const locked = await lockRunningJob(tx, job.id);
          if (locked !== undefined) await endJob(tx, locked, 'done', undefined);
        });
        return 'over';
      }
      const waitMs = await waitingMs(options, now, checkpoint);
      if (waitMs > 0) {
        await noteWaiting(pool, job.id);
        await rest(waitMs);
        continue;
      }
      feed ??= new ReplayFeed(source, definition, selection, left);
      feed.dropBefore(left);
      if (feed.ready.length === 0 && !feed.isOver) {
        await feed.fill();
        continue;
      }
      const part = partOf(definition, feed.ready, limitOf(now, checkpoint));
      const compared: Compared[] = [];
      for (const each of part.events) {
        if (stopping.aborted) return 'again';
        compared.push(await compareFor(options, definition, each, stopping));
      }
      await note(options, now, checkpoint, {
        compared,
        read: part.read,
        isAtEnd: feed.isOver && part.read.length === feed.ready.length,
      });
    }
  } finally {
    await feed?.close();
  }
  return 'again';
}

/** Milliseconds until it may go on: its pace, and live traffic first. */
async function waitingMs({ pool }: ShadowTurnOptions, job: JobRow, checkpoint: ReplayCheckpoint): Promise<number> {
  const decision = decide(job, checkpoint);
  if (decision.step === 'wait') return decision.ms;
  return (await comingUp(pool, job.consumer)) >= enoughWaiting ? lookAgainMs : 0;
}

function limitOf(job: JobRow, checkpoint: ReplayCheckpoint): number {
  const decision = decide(job, checkpoint);
  return decision.step === 'take' ? Math.min(decision.limit, comparedAtOnce) : 1;
}

/** By its pace alone: nothing that a shadow does can fail at somebody else's cost. */
function decide(job: JobRow, { gaveAt }: ReplayCheckpoint) {
  const now = Date.now();
  return decideStep(
    { ...jobPace.parse(job.pace), canary: 0 },
    {
      ...{ taken: job.taken, done: 0, failed: 0, underWay: 0 },
      ...{ runsForMs: now - job.createdAt.getTime(), sinceStepMs: now - gaveAt },
    },
  );
}

interface Part {
  /** What is passed with it, compared or not. */
  readonly read: readonly ReadRecord[];
  readonly events: readonly ShadowedEvent[];
}

/** The records up to the last event that is compared now. */
function partOf(definition: ConsumerDefinition, ready: readonly ReadRecord[], limit: number): Part {
  const read: ReadRecord[] = [];
  const events: ShadowedEvent[] = [];
  for (const each of ready.slice(0, lookedAtOnce)) {
    const shadowed = each.candidate?.effect === 'handler' ? shadowedEvent(definition, each.incoming) : undefined;
    read.push(each);
    if (shadowed !== undefined) events.push(shadowed);
    if (events.length === limit) break;
  }
  return { read, events };
}

interface Step {
  readonly compared: readonly Compared[];
  readonly read: readonly ReadRecord[];
  readonly isAtEnd: boolean;
}

/** Notes a step, unless another process was faster. */
async function note(
  { transaction }: ShadowTurnOptions,
  { id, checkpoint: stored }: JobRow,
  checkpoint: ReplayCheckpoint,
  { compared, read, isAtEnd }: Step,
): Promise<void> {
  const reached = behindRecords(
    checkpoint,
    read.map(({ record }) => record),
  );
  const next = {
    ...(isAtEnd ? atTheEnd(reached) : reached),
    gaveAt: compared.length > 0 ? Date.now() : checkpoint.gaveAt,
  };
  const passed = offsetsIn(rangesLeft(checkpoint)) - offsetsIn(rangesLeft(next));
  await transaction(async (tx) => {
    const job = await lockRunningJob(tx, id);
    if (job === undefined || JSON.stringify(job.checkpoint) !== JSON.stringify(stored)) return;
    await noteShadowStep(tx, id, {
      checkpoint: next,
      report: withCompared(reportOf(job.report), compared),
      compared: compared.length,
      passedOver: Number(passed) - compared.length,
    });
  });
}
