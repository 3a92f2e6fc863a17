import {
  type ConsumerDefinition,
  distinctKeys,
  entityKeyText,
  type EventToPark,
  planReplay,
  type Queryable,
} from '@waybill/messaging';
import {
  comingUp,
  inboxTransaction,
  jobOutcomes,
  type JobRow,
  lockRunningJob,
  markReplayed,
  noteStep,
  noteWaiting,
  takeBackSkips,
} from '@waybill/postgres';
import { jobPace, type ReplaySelection } from './api.ts';
import { endJob } from './job-commands.ts';
import { endedSinceStop, stopJob } from './judging.ts';
import { decideStep } from './pacing.ts';
import {
  atTheEnd,
  behindRecords,
  checkpointOf,
  offsetsIn,
  rangesLeft,
  type ReplayCheckpoint,
} from './replay-checkpoint.ts';
import type { ReadRecord, ReplayFeed } from './replay-feed.ts';
import type { Candidate } from './replay-selection.ts';
import { weigh } from './replay-weighing.ts';

/** Events that it gave and are not done, or entries of others that are about to be worked on, at which it gives no more. */
const enoughWaiting = 300;
const lookAgainMs = 300;
const betweenGivingMs = 100;
/** Records of which is found out at once whether they were handled. */
const lookedAtOnce = 200;

/** What a replay does next: look again after a while, read on, or nothing, since it is over or another is at it. */
export type ReplayNext =
  { readonly next: 'look'; readonly inMs: number } | { readonly next: 'read' } | { readonly next: 'over' };

/** What is replayed, and to whom. */
export interface Replaying {
  readonly definition: ConsumerDefinition;
  readonly selection: ReplaySelection;
}

/** One step in one transaction: what is parked, how far the topic is read, and the counts are there together or not at all. */
export async function replayStep(
  tx: Queryable,
  id: string,
  { definition, selection }: Replaying,
  feed: ReplayFeed | undefined,
): Promise<ReplayNext> {
  const job = await lockRunningJob(tx, id);
  const checkpoint = checkpointOf(job?.checkpoint);
  if (job === undefined || checkpoint === undefined) return { next: 'over' };
  const { underWay, ...ended } = await jobOutcomes(tx, id);
  const now = Date.now();
  const decision = decideStep(jobPace.parse(job.pace), {
    ...{ taken: job.taken, ...endedSinceStop(job, ended), underWay },
    ...{ runsForMs: now - job.createdAt.getTime(), sinceStepMs: now - checkpoint.gaveAt },
  });
  if (decision.step === 'stop') {
    await stopJob(tx, job, ended, decision.note);
    return { next: 'over' };
  }
  const left = rangesLeft(checkpoint);
  if (left.length === 0) {
    if (underWay > 0) return wait(tx, id, lookAgainMs);
    await endJob(tx, job, 'done', undefined);
    return { next: 'over' };
  }
  if (decision.step === 'wait') return wait(tx, id, decision.ms);
  // Live traffic first: what the consumer has before it is done before it is given more.
  const isBusy = underWay >= enoughWaiting || (await comingUp(tx, definition.name)) >= enoughWaiting;
  if (isBusy) return wait(tx, id, lookAgainMs);
  feed?.dropBefore(left);
  if (feed === undefined || (feed.ready.length === 0 && !feed.isOver)) {
    await noteWaiting(tx, id);
    return { next: 'read' };
  }
  const { ready: read, isOver: isLast } = feed;
  const giving = { job, checkpoint, definition, selection, read, isLast, limit: decision.limit };
  return { next: 'look', inMs: (await give(tx, giving)) === 'gave' ? betweenGivingMs : 0 };
}

async function wait(tx: Queryable, id: string, inMs: number): Promise<ReplayNext> {
  await noteWaiting(tx, id);
  return { next: 'look', inMs };
}

interface Giving {
  readonly job: JobRow;
  readonly checkpoint: ReplayCheckpoint;
  readonly definition: ConsumerDefinition;
  readonly selection: ReplaySelection;
  readonly read: readonly ReadRecord[];
  /** Whether no more comes behind what was read. */
  readonly isLast: boolean;
  readonly limit: number;
}

/** Parks what the consumer has not handled, `limit` events at most, and moves on behind it. */
async function give(tx: Queryable, giving: Giving): Promise<'gave' | 'passed over'> {
  const { job, checkpoint, definition, selection, read, isLast, limit } = giving;
  // First without locks: most of a topic was handled, and nothing of it may stand in the way of live traffic.
  const looked = read.slice(0, Math.max(lookedAtOnce, limit));
  const { events, entities } = await weigh(tx, definition, selection, candidatesOf(looked));
  const likely = planReplay(definition, entities, events).deliver;
  const last = likely[limit - 1];
  const part =
    last === undefined ? looked : looked.slice(0, looked.findIndex(({ record }) => record === last.record) + 1);
  const taken = await parkUnhandled(tx, giving, likely.slice(0, limit));

  const isAtEnd = isLast && part.length === read.length;
  const reached = behindRecords(
    checkpoint,
    part.map(({ record }) => record),
  );
  const next = {
    ...(isAtEnd ? atTheEnd(reached) : reached),
    gaveAt: taken.length > 0 ? Date.now() : checkpoint.gaveAt,
  };
  const passed = offsetsIn(rangesLeft(checkpoint)) - offsetsIn(rangesLeft(next));
  await noteStep(tx, job.id, { checkpoint: next, taken, passedOver: Number(passed) - taken.length });
  return taken.length > 0 ? 'gave' : 'passed over';
}

/** Decides again with the entities locked, and puts what is left into their queues, where nothing of them is passed by. */
async function parkUnhandled(
  tx: Queryable,
  { job, definition, selection }: Giving,
  likely: readonly Candidate[],
): Promise<readonly string[]> {
  if (likely.length === 0) return [];
  const inbox = inboxTransaction(tx, `job ${job.id}`);
  if (definition.ordering.by === 'entity')
    await inbox.lockEntities(definition.name, distinctKeys(likely.map(({ key }) => key)));
  const { events, entities } = await weigh(tx, definition, selection, likely);
  const { deliver, baselines } = planReplay(definition, entities, events);
  const takenBack = deliver.filter(({ isTakenBack }) => isTakenBack).map(({ id }) => id);
  await takeBackSkips(tx, definition.name, takenBack);
  await inbox.saveEntities(
    definition.name,
    baselines.map(({ key, applied }) => ({ key, applied, lastId: undefined, holes: [] })),
  );
  await inbox.park(definition.name, replayed(definition, deliver));
  return markReplayed(
    tx,
    job.id,
    definition.name,
    deliver.map(({ id }) => id),
  );
}

function candidatesOf(read: readonly ReadRecord[]): readonly Candidate[] {
  return read.flatMap(({ candidate }) => (candidate === undefined ? [] : [candidate]));
}

/**
 * Each in its place in the queue of its entity, as one that has not failed: it costs nothing of the budget for retries. Only
 * the first of an entity is due; the others follow it, and no two connections wait for one entity.
 */
function replayed({ ordering }: ConsumerDefinition, candidates: readonly Candidate[]): readonly EventToPark[] {
  const holdsEntity = ordering.by === 'entity';
  const begun = new Set<string>();
  return candidates.map(({ key, envelope, record }) => {
    const text = entityKeyText(key);
    const isDue = !holdsEntity || !begun.has(text);
    begun.add(text);
    const { topic, partition, offset } = record;
    return {
      ...{ envelope, record, origin: { topic, partition, offset }, holdsEntity },
      ...{ reason: 'behind', dueInMs: isDue ? 0 : undefined },
      ...{ attempts: 0, failure: undefined, waitsFor: undefined },
    };
  });
}
