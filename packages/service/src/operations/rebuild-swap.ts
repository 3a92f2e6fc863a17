import { eventOf, type Queryable, topicsOf } from '@waybill/messaging';
import {
  forgetSetBack,
  inspectTables,
  isTransient,
  type JobRow,
  lockRebuild,
  noteRebuild,
  RETIRED_DAYS,
  type SetBack,
  swapGeneration,
  SwapRefusedError,
} from '@waybill/postgres';
import { pause } from '../background-task.ts';
import { noteDone } from './performed.ts';
import { type RebuildReport, vanishingRows } from './rebuild-api.ts';
import { rebuildCheckpoint } from './rebuild-checkpoint.ts';
import { compareGeneration } from './rebuild-comparing.ts';
import { endHold } from './rebuild-hold.ts';
import { type Standing, standingOf, type Turn } from './rebuild-standing.ts';

/** Milliseconds that the living consumer may stand still for a swap before that is given up. */
const patienceMs = 120_000;
const betweenTriesMs = 200;

/** Swaps, while both stand still; tries again for as long as somebody is in its way, and else leaves all as it was. */
export async function swapIn(turn: Turn): Promise<'again' | 'over'> {
  const { options, definition, generation } = turn;
  try {
    const { tables } = await inspectTables(
      options.pool,
      definition.tables.filter(({ kept }) => kept !== 'apart'),
    );
    // So that the first to read the new tables is not given a plan for empty ones.
    for (const { name } of tables) await options.pool.query(`ANALYZE "${generation.schema}"."${name}"`);
    const setBack = await forgetSetBack(options.pool, generation);
    const report = await compareGeneration(options.pool, definition, generation);
    for (;;) {
      // Before the transaction, since it may ask the brokers.
      const standing = await standingOf(turn, rebuildCheckpoint({}), 'asked');
      // The last batch of the consumer was committed while the two were compared: what differs is that.
      if (report.partitionsApart > 0 && standing.lost.size === 0) return 'again';
      const outcome = await attempt(turn, { tables, setBack, report, standing });
      if (outcome === 'over' || outcome === 'again') return outcome;
      await pause(betweenTriesMs, new AbortController().signal);
    }
  } finally {
    await options.followPauses();
  }
}

const inTheWay =
  'Somebody was in the way of the swap for two minutes: a long transaction on its tables, or the consumer went on. Nothing was swapped. Ask again.';

function isLate(heldAt: number | undefined): boolean {
  return heldAt !== undefined && Date.now() - heldAt > patienceMs;
}

/** Gives a swap up for which the living consumer stands still for too long. Answers whether it did. */
export async function refuseLate({ options, job }: Turn, heldAt: number | undefined): Promise<boolean> {
  if (!isLate(heldAt)) return false;
  await options.transaction(async (tx) => {
    const row = await lockRebuild(tx, job);
    if (row !== undefined) await refuse(tx, row, inTheWay, row.report);
  });
  await options.followPauses();
  return true;
}

/** Has a rebuild be ready again, and its consumer go on, and writes down why. */
async function refuse(tx: Queryable, row: JobRow, refusal: string, report: unknown): Promise<void> {
  await endHold(tx, row, 'waybill');
  const { swap: _, ...checkpoint } = rebuildCheckpoint(row.checkpoint);
  await noteRebuild(tx, row.id, {
    ...{ checkpoint, total: BigInt(row.total), taken: BigInt(row.taken), state: 'ready', note: refusal, report },
  });
  await noteDone(tx, waybill, {
    ...{ action: 'job.swap-refused', target: `job/${row.id}`, reason: refusal, result: 'ready' },
  });
}

interface Prepared {
  readonly tables: Awaited<ReturnType<typeof inspectTables>>['tables'];
  readonly setBack: readonly SetBack[];
  readonly report: RebuildReport;
  readonly standing: Standing;
}

async function attempt(turn: Turn, prepared: Prepared): Promise<'again' | 'over' | 'try once more'> {
  const { options, job } = turn;
  try {
    return await options.transaction(async (tx) => swapUnder(tx, turn, prepared));
  } catch (error) {
    const isRefused = error instanceof SwapRefusedError;
    if (!isRefused && !isTransient(error)) throw error;
    options.log.info({ job, problem: error instanceof Error ? error.message : '' }, 'a rebuild is not swapped in yet');
    // The two are to come to the same place first.
    return isRefused ? 'again' : 'try once more';
  }
}

async function swapUnder(tx: Queryable, turn: Turn, prepared: Prepared): Promise<'again' | 'over' | 'try once more'> {
  const { options, definition, generation } = turn;
  const { tables, setBack, report, standing } = prepared;
  const row = await lockRebuild(tx, turn.job);
  const checkpoint = rebuildCheckpoint(row?.checkpoint ?? {});
  const { swap } = checkpoint;
  if (row === undefined || swap === undefined) return 'over';
  const vanishing = vanishingRows(report);
  const refusal =
    vanishing > swap.vanishing
      ? `${vanishing} rows would vanish, and ${swap.vanishing} were known when the swap was asked for. Look at the comparison, and ask again.`
      : isLate(swap.heldAt)
        ? inTheWay
        : undefined;
  if (refusal !== undefined) {
    await refuse(tx, row, refusal, report);
    return 'over';
  }
  const began = performance.now();
  const swapped = await swapGeneration(tx, {
    generation,
    tables,
    topics: topicsOf(definition),
    lost: standing.lost,
    setBack,
  });
  await endHold(tx, row, 'waybill');
  const { superseded, failed } = swapped;
  const { name: consumer } = definition;
  await options.facts?.recovered(
    tx,
    superseded.map((parked) => ({ event: eventOf(consumer, parked), how: 'superseded', attempts: parked.attempts })),
  );
  await options.facts?.failed(
    tx,
    failed.map(({ failure, state, ...parked }) => ({ ...parked, event: eventOf(consumer, parked), failure, state })),
    'untold',
  );
  const { swap: _, ...rest } = checkpoint;
  const tookMs = Math.round(performance.now() - began);
  const done: RebuildReport = {
    ...report,
    swapped: {
      ...{ at: new Date().toISOString(), tookMs, lockedMs: Math.round(performance.now() - swapped.lockedAt) },
      ...{ entities: swapped.entities, retiredSchema: generation.retiredSchema, discarded: false },
      keptUntil: new Date(Date.now() + RETIRED_DAYS * 86_400_000).toISOString(),
    },
  };
  await noteRebuild(tx, row.id, {
    ...{
      checkpoint: rest,
      total: BigInt(row.total),
      taken: BigInt(row.total),
      state: 'done',
      note: undefined,
      report: done,
    },
  });
  const { actor, approvedBy, reason } = swap;
  await noteDone(
    tx,
    { actor, approvedBy },
    {
      ...{ action: 'job.swapped', target: `job/${row.id}`, reason, result: 'swapped' },
      details: {
        ...{
          consumer,
          generation: generation.name,
          tables: tables.map(({ name }) => name),
          entities: swapped.entities,
        },
        ...{ vanished: vanishing, retired: generation.retiredSchema, positionsTakenOver: [...standing.lost] },
      },
    },
  );
  return 'over';
}

const waybill = { actor: 'waybill', approvedBy: undefined };
