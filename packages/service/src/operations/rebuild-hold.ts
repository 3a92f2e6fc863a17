import { randomUUID } from 'node:crypto';
import type { Queryable } from '@waybill/messaging';
import { activePauses, beginPause, endPause, type JobRow, lockRebuild, noteRebuild } from '@waybill/postgres';
import { type RebuildCheckpoint, rebuildCheckpoint } from './rebuild-checkpoint.ts';
import type { Turn } from './rebuild-standing.ts';

/** Minutes after which the living consumer goes on, whatever happened to the swap that held it. */
const holdMinutes = 5;

/** Has the living consumer stand still, once, unless a person has paused it already. */
export async function beginHold({ options, job }: Turn, { swap }: RebuildCheckpoint): Promise<void> {
  if (swap === undefined || swap.heldAt !== undefined) return;
  await options.transaction(async (tx) => {
    const row = await lockRebuild(tx, job);
    const checkpoint = rebuildCheckpoint(row?.checkpoint ?? {});
    if (row === undefined || checkpoint.swap === undefined || checkpoint.swap.heldAt !== undefined) return;
    const isPaused = (await activePauses(tx)).some(({ scope, name }) => scope === 'consumer' && name === row.consumer);
    const id = isPaused
      ? undefined
      : await beginPause(tx, {
          ...{
            id: randomUUID(),
            scope: 'consumer',
            name: row.consumer,
            mode: 'stop',
            actor: 'waybill',
            minutes: holdMinutes,
          },
          reason: `a rebuild is swapped in, as ${checkpoint.swap.actor} asked (job ${job})`,
        });
    const held = { ...checkpoint.swap, heldAt: Date.now(), ...(id === undefined ? {} : { pause: id }) };
    await keepCheckpoint(tx, row, { ...checkpoint, swap: held });
  });
  await options.followPauses();
}

/** Lets the living consumer go on, where this swap held it. In a transaction that holds the job. */
export async function endHold(tx: Queryable, row: JobRow, by: string): Promise<void> {
  const { swap, ...checkpoint } = rebuildCheckpoint(row.checkpoint);
  if (swap?.pause !== undefined) await endPause(tx, swap.pause, by);
  if (swap !== undefined) await keepCheckpoint(tx, row, checkpoint);
}

/** Notes a rebuild's checkpoint and leaves all else of it as it is. In a transaction that holds the job. */
export async function keepCheckpoint(tx: Queryable, row: JobRow, checkpoint: RebuildCheckpoint): Promise<void> {
  const { state, note, report } = row;
  await noteRebuild(tx, row.id, {
    checkpoint,
    total: BigInt(row.total),
    taken: BigInt(row.taken),
    state,
    note,
    report,
  });
}
