import { randomUUID } from 'node:crypto';
import { type ConsumerDefinition, needsSecondPerson, type Queryable, topicsOf } from '@waybill/messaging';
import {
  createGenerationTables,
  discardRetiredTables,
  entityCount,
  generationOfJob,
  insertGeneration,
  insertJob,
  type JobRow,
  lockJob,
  noteRebuild,
  positionPairs,
} from '@waybill/postgres';
import { problem } from '../http/problem.ts';
import type { DryRun, StartJob } from './api.ts';
import type { Desk } from './desk.ts';
import type { OnBehalf, Performed } from './performed.ts';
import { rebuildReportOf, vanishingRows } from './rebuild-api.ts';
import { rebuildCheckpoint } from './rebuild-checkpoint.ts';
import { needRebuildable } from './rebuild-selection.ts';

type StartRebuild = Extract<StartJob, { kind: 'rebuild' }>;

/**
 * What a rebuild would read: all that the log still has up to where the consumer is.
 * @throws {ProblemError} 409 when the consumer cannot be rebuilt.
 */
export async function dryRunOfRebuild(
  db: Queryable,
  { replays }: Pick<Desk, 'replays'>,
  definition: ConsumerDefinition,
  { pace }: StartRebuild,
): Promise<DryRun> {
  await needRebuildable(db, definition);
  const topics = topicsOf(definition);
  const pairs = await positionPairs(db, { consumer: definition.name, name: '' }, topics);
  let total = 0n;
  for (const topic of topics) {
    for (const { partition, from, to } of await replays.log.rangesOf(topic)) {
      const living = pairs.find((pair) => pair.topic === topic && pair.partition === partition)?.living;
      const end = living === undefined || living > to ? to : living;
      if (end > from) total += end - from;
    }
  }
  return {
    ...{
      total: Number(total),
      estimate: 'at-most',
      entities: await entityCount(db, definition.name),
      behind: 0,
      types: [],
    },
    ...{ needsApproval: false, estimatedSeconds: Math.ceil(Number(total) / pace.perSecond) },
  };
}

/** Begins a rebuild: its generation's tables are there, empty, once this is committed. */
export async function beginRebuild(
  tx: Queryable,
  definition: ConsumerDefinition,
  { consumer, pace, reason }: StartRebuild,
  by: OnBehalf,
): Promise<Performed & { readonly job: string }> {
  const tables = await needRebuildable(tx, definition);
  const id = randomUUID();
  await insertJob(tx, {
    ...{ id, kind: 'rebuild', consumer, selection: {}, pace, reason, total: 0, checkpoint: {} },
    ...{ actor: by.actor, approvedBy: by.approvedBy },
  });
  const generation = await insertGeneration(tx, consumer, id);
  if (generation === undefined) {
    throw problem(409, {
      code: 'ops.rebuild-under-way',
      detail: `${consumer} is being rebuilt already. Swap that rebuild in or cancel it first.`,
    });
  }
  await createGenerationTables(tx, generation.schema, tables);
  return {
    job: id,
    ...{ action: 'job.start', target: `job/${id}`, reason, result: 'started' },
    details: { kind: 'rebuild', consumer, pace, generation: generation.name, tables: tables.map(({ name }) => name) },
  };
}

/**
 * A rebuild that is ready to be swapped in, and whether a second person must agree to that.
 * @throws {ProblemError} 404 when there is no such job, 409 when it is no rebuild, or not ready.
 */
export async function needReady(
  tx: Queryable,
  definitions: readonly ConsumerDefinition[],
  id: string,
): Promise<{ readonly job: JobRow; readonly vanishing: number; readonly needsApproval: boolean }> {
  const job = await needRebuild(tx, id);
  const report = rebuildReportOf(job);
  if (job.state !== 'ready' || report === undefined) {
    throw problem(409, {
      code: 'ops.job-state',
      detail: `The rebuild is ${job.state}: it can be swapped in when it is ready, and was compared.`,
    });
  }
  const criticality = definitions.find(({ name }) => name === job.consumer)?.criticality ?? 'critical';
  const vanishing = vanishingRows(report);
  return { job, vanishing, needsApproval: needsSecondPerson({ operation: 'swap', criticality, vanishing }) };
}

/** Has a rebuild swapped in. That is done by its job, which holds the consumer for it, and may have to try more than once. */
export async function askSwap(
  tx: Queryable,
  definitions: readonly ConsumerDefinition[],
  { id, reason }: { readonly id: string; readonly reason: string },
  by: OnBehalf,
): Promise<Performed & { readonly job: string }> {
  const { job, vanishing } = await needReady(tx, definitions, id);
  const { actor, approvedBy } = by;
  const swap = { actor, ...(approvedBy === undefined ? {} : { approvedBy }), reason, vanishing };
  await noteRebuild(tx, id, {
    ...{
      checkpoint: { ...rebuildCheckpoint(job.checkpoint), swap },
      total: BigInt(job.total),
      taken: BigInt(job.taken),
    },
    ...{ state: 'running', note: 'is being swapped in', report: job.report },
  });
  return {
    job: id,
    ...{ action: 'job.swap', target: `job/${id}`, reason, result: 'is being swapped in' },
    details: { consumer: job.consumer, vanishing },
  };
}

/**
 * Takes away the tables that a rebuild took the place of, for good.
 * @throws {ProblemError} 409 when it was not swapped in, or they are gone.
 */
export async function discardRetired(tx: Queryable, id: string, reason: string | undefined): Promise<Performed> {
  const job = await needRebuild(tx, id);
  const generation = await generationOfJob(tx, id);
  const report = rebuildReportOf(job);
  if (generation?.state !== 'swapped' || report?.swapped === undefined) {
    throw problem(409, {
      code: 'ops.nothing-retired',
      detail:
        generation?.state === 'building'
          ? 'The new generation was not swapped in. To give it up, cancel the job.'
          : 'The old tables are gone already.',
    });
  }
  await discardRetiredTables(tx, generation);
  await noteDiscarded(tx, job);
  return {
    ...{ action: 'job.discard', target: `job/${id}`, reason, result: 'discarded' },
    details: { consumer: job.consumer, schema: generation.retiredSchema },
  };
}

/** Has a rebuild's report say that the old tables are gone. */
export async function noteDiscarded(tx: Queryable, job: JobRow): Promise<void> {
  const report = rebuildReportOf(job);
  if (report?.swapped === undefined) return;
  const { checkpoint, state, note } = job;
  await noteRebuild(tx, job.id, {
    ...{ checkpoint, total: BigInt(job.total), taken: BigInt(job.taken), state, note },
    report: { ...report, swapped: { ...report.swapped, discarded: true } },
  });
}

async function needRebuild(tx: Queryable, id: string): Promise<JobRow> {
  const job = await lockJob(tx, id);
  if (job === undefined) throw problem(404, { code: 'ops.no-job', detail: 'There is no such job here.' });
  if (job.kind === 'rebuild') return job;
  throw problem(409, { code: 'ops.no-rebuild', detail: `The job is a ${job.kind}; only a rebuild is swapped.` });
}
