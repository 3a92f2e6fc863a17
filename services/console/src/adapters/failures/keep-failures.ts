import type { Queryable } from '@waybill/messaging';
import type { BackgroundTask } from '@waybill/service';

/** Rows of one statement, so that none holds others up. */
const atOnce = 5_000;

/**
 * Forgets what has been done with for `days`. What is open stays for as long as its service has it; of a service that is
 * looked at no more, thrice as long.
 */
export async function forgetOldFailures(db: Queryable, days: number, services: readonly string[]): Promise<number> {
  const { rows } = await db.query(
    `with old as (
       select id from failure
        where (state in ('recovered', 'skipped', 'gone') and changed_at < now() - make_interval(days => $1))
           or (not (service = any ($2)) and changed_at < now() - make_interval(days => 3 * $1))
        limit ${atOnce}),
     forgotten as (delete from failure f using old where f.id = old.id returning 1)
     select count(*) as forgotten from forgotten`,
    [days, services],
  );
  await db.query(`delete from told_pause where coalesce(resumed_at, until) < now() - make_interval(days => $1)`, [
    days,
  ]);
  return Number(rows[0]?.['forgotten'] ?? 0);
}

export function forgetFailuresTask(db: Queryable, days: number, services: readonly string[]): BackgroundTask {
  return {
    name: 'forget-old-failures',
    intervalMs: 3_600_000,
    run: async (signal) => {
      while (!signal.aborted && (await forgetOldFailures(db, days, services)) === atOnce);
    },
  };
}
