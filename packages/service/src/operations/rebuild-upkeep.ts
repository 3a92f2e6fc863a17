import type { Queryable } from '@waybill/messaging';
import { discardTables, generationsToTidy, lockJob, tidyRows } from '@waybill/postgres';
import type { BackgroundTask } from '../background-task.ts';
import { noteDone } from './performed.ts';
import { noteDiscarded } from './rebuild-commands.ts';

/** Milliseconds of one run in which rows are taken away; the rest waits for the next. */
const workMs = 1_000;

/** Clears away what is left of generations that were given up or swapped in, and old tables whose time is up. */
export function generationsTask(
  db: Queryable,
  transaction: <T>(fn: (tx: Queryable) => Promise<T>) => Promise<T>,
): BackgroundTask {
  return {
    name: 'generations',
    intervalMs: 10_000,
    async run(signal) {
      const until = performance.now() + workMs;
      for (const generation of await generationsToTidy(db)) {
        // It was given up, or it is a week ago that it took the place of tables that are still there.
        const isDue = generation.state === 'building' || isPast(generation.swappedAt);
        if (generation.state !== 'discarded' && isDue) {
          await transaction(async (tx) => {
            await tx.query(`SELECT set_config('lock_timeout', '1s', true)`);
            if ((await discardTables(tx, generation)) === 'not there') return;
            const job = await lockJob(tx, generation.job);
            if (job === undefined) return;
            await noteDiscarded(tx, job);
            await noteDone(
              tx,
              { actor: 'waybill', approvedBy: undefined },
              {
                ...{ action: 'job.discard', target: `job/${generation.job}`, reason: undefined, result: 'discarded' },
                details: { consumer: generation.consumer, generation: generation.name },
              },
            );
          });
        }
        while (performance.now() < until && !signal.aborted && (await tidyRows(db, generation)) === 'more');
      }
    },
  };
}

const weekMs = 7 * 86_400_000;

function isPast(swappedAt: Date | undefined): boolean {
  return swappedAt !== undefined && Date.now() - swappedAt.getTime() > weekMs;
}
