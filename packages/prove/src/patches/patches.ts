import type { Mutant } from '@waybill/testing/mutants';

/**
 * Known mistakes that a run must find, by the word that `--patch` takes. Each is a change to the source while a process of
 * the workload loads it; nothing of it is in what is shipped.
 */
export const patches: Readonly<Record<string, readonly Mutant[]>> = {
  'dedupe-outside-transaction': [
    {
      name: 'write the dedupe rows after the handler’s transaction, in one of their own',
      file: 'packages/postgres/src/consuming/inbox-store.ts',
      find: 'async (tx) => work(inboxTransaction(tx, claimant)))',
      replace: `async (tx) => {
        const later = [];
        const recordLater = async (consumer, handled) => void later.push([consumer, handled]);
        return [await work({ ...inboxTransaction(tx, claimant), recordHandled: recordLater }), later];
      }).then(async ([result, later]) => {
        for (const [consumer, handled] of later) await recordHandled(pool, consumer, handled);
        return result;
      })`,
      why: 'What dies in between leaves an effect without its dedupe row: the next delivery of that event repeats it.',
    },
  ],
  'fence-removed': [
    {
      name: 'move a position under any epoch',
      file: 'packages/postgres/src/consuming/position-sql.ts',
      find: 'AND epoch = $4 RETURNING',
      replace: 'AND $4::bigint IS NOT NULL RETURNING',
      why: 'A consumer that was stopped goes on with partitions that another has taken.',
    },
    {
      name: 'save a relay’s cursor under any epoch',
      file: 'packages/postgres/src/publishing/lease-sql.ts',
      find: 'v(shard, epoch, prev, target, position)\n   WHERE s.shard = v.shard AND s.epoch = v.epoch',
      replace: 'v(shard, epoch, prev, target, position)\n   WHERE s.shard = v.shard',
      why: 'A relay that was stopped moves the cursor of the one that took over.',
    },
  ],
};
