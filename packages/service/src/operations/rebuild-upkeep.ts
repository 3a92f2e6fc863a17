import type { Queryable } from '@waybill/messaging';
import { discardRetiredTables, generationsToTidy, lockJob, RETIRED_DAYS, tidyGeneration } from '@waybill/postgres';
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
    intervalMs: 5_000,
    async run(signal) {
      const until = performance.now() + workMs;
      for (const generation of await generationsToTidy(db)) {
        if (generation.state === 'swapped' && isPast(generation.swappedAt)) {
          await transaction(async (tx) => {
            if ((await discardRetiredTables(tx, generation)) === 'not there') return;
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
        while (performance.now() < until && !signal.aborted && (await tidyGeneration(db, generation)) === 'more');
      }
    },
  };
}

function isPast(swappedAt: Date | undefined): boolean {
  return swappedAt !== undefined && Date.now() - swappedAt.getTime() > RETIRED_DAYS * 86_400_000;
}
