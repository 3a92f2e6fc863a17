import type { Queryable } from '@waybill/messaging';
import type { BackgroundTask } from '@waybill/service';

const dayMs = 86_400_000;
/** No older event is taken into the index, so that there is no need for older tables. */
const oldestTakenDays = 60;
const monthsAhead = 3;

/**
 * Attaches the index's tables for the months to come, and drops those of months that ended before the time that events are
 * kept for. Answers which those were.
 */
export async function keepPartitions(db: Queryable, days: number, now: Date): Promise<readonly string[]> {
  const first = new Date(now.getTime() - Math.min(days, oldestTakenDays) * dayMs);
  const months = 12 * (now.getUTCFullYear() - first.getUTCFullYear()) + now.getUTCMonth() - first.getUTCMonth();
  await db.query('select attach_event_index($1::date, $2)', [dateOf(first), months + 1 + monthsAhead]);
  const oldest = new Date(now.getTime() - days * dayMs);
  const { rows } = await db.query('select drop_event_index($1) as dropped', [oldest]);
  return rows.map((row) => String(row['dropped']));
}

function dateOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

export function eventIndexTask(db: Queryable, days: number): BackgroundTask {
  return {
    name: 'event-index-partitions',
    intervalMs: dayMs / 4,
    run: async () => void (await keepPartitions(db, days, new Date())),
  };
}
