import type { Mutant } from '@waybill/testing/mutants';

/**
 * Known mistakes that a run must find, by the word that `--patch` takes. Each is a change to the source while a process of
 * the workload loads it; nothing of it is in what is shipped.
 */
export const patches: Readonly<Record<string, readonly Mutant[]>> = {
  'dedupe-outside-transaction': [
    {
      name: 'write the dedupe row outside of the handler’s transaction',
      file: 'packages/postgres/src/consuming/inbox-store.ts',
      find: 'work(inboxTransaction(tx, claimant))',
      replace: `work({
        ...inboxTransaction(tx, claimant),
        async recordHandled(consumer, handled) {
          const seen = await handledIds(pool, consumer, handled.map(({ envelope }) => envelope.id));
          await recordHandled(pool, consumer, handled.filter(({ envelope }) => !seen.has(envelope.id)));
        },
      })`,
      why: 'A transaction that is rolled back after it leaves a dedupe row without its effect: the event is lost.',
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
