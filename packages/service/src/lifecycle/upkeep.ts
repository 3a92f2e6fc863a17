import { attachPartitions, INBOX_RETENTION_MS, maintainInbox } from '@waybill/postgres';
import type { Queryable } from '@waybill/messaging';
import type { BackgroundTask } from '../background-task.ts';
import { deleteExpiredKeys } from '../http/idempotency-key.ts';

const hourMs = 3_600_000;

/** What every service sees to: idempotency keys past their time, partitions of its inbox, and of its outbox. */
export function upkeepTasks(db: Queryable): readonly BackgroundTask[] {
  return [
    {
      name: 'idempotency-keys',
      intervalMs: hourMs / 4,
      run: async (signal) => void (await deleteExpiredKeys(db, signal)),
    },
    {
      name: 'inbox-partitions',
      intervalMs: 6 * hourMs,
      run: async () => void (await maintainInbox(db, { retentionMs: INBOX_RETENTION_MS, now: new Date() })),
    },
    {
      // A relay does this too; a service whose events leave by change data capture has none.
      name: 'outbox-partitions',
      intervalMs: hourMs / 60,
      run: async () => void (await attachPartitions(db)),
    },
  ];
}
