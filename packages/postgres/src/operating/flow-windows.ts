import { bucketGrowth, type FlowObjective, type Queryable, type VisibilityBuckets } from '@waybill/messaging';

/** A consumer and what it promises. */
export interface FlowDefinition {
  readonly name: string;
  readonly objective: FlowObjective;
}

/** What a consumer did in a window of time. */
export interface FlowWindow {
  readonly consumer: string;
  readonly handled: number;
  /** Failed attempts. */
  readonly failed: number;
  /** Milliseconds that handlers and calls worked on what was handled, and on attempts that failed. */
  readonly workMs: number;
  readonly wastedMs: number;
  /** Events that are dead since. */
  readonly died: number;
  /** Of those handled, the ones that happened since the consumer is looked at, and of those the ones that came too late. */
  readonly judged: number;
  readonly beyond: number;
  readonly buckets: VisibilityBuckets;
  readonly maxMs: number | undefined;
}

/**
 * Takes the turn to sample, when the last one was taken a window ago. Undefined when it was not, because another process
 * did; `from` is where the window before ended, undefined for the first.
 *
 * @param everyMs How far turns lie apart, in milliseconds.
 */
export async function claimSampling(
  db: Queryable,
  everyMs: number,
): Promise<{ readonly from: Date | undefined } | undefined> {
  const { rows } = await db.query(
    `UPDATE waybill.flow_sampler SET claimed_at = clock_timestamp()
      WHERE claimed_at <= clock_timestamp() - $1 * interval '1 ms' RETURNING sampled_until`,
    [everyMs],
  );
  if (rows[0] === undefined) return undefined;
  const from = rows[0]['sampled_until'];
  return { from: from instanceof Date ? from : undefined };
}

/**
 * Ends the window, and keeps other processes from ending one until the transaction is over. It ends before the beginning of
 * each transaction that may still write to the inbox, so that what they handle falls into a later window, and not into none;
 * it waits half a minute for one at most. Undefined when another process has ended this window meanwhile.
 *
 * @param firstMs The length of the very first window, in milliseconds.
 */
export async function endWindow(
  tx: Queryable,
  claimed: { readonly from: Date | undefined },
  firstMs: number,
): Promise<{ readonly from: Date; readonly until: Date; readonly now: Date } | undefined> {
  const { rows } = await tx.query(
    `SELECT coalesce(sampled_until, clock_timestamp() - $2 * interval '1 ms') AS from FROM waybill.flow_sampler
      WHERE sampled_until IS NOT DISTINCT FROM $1 FOR UPDATE`,
    [claimed.from ?? null, firstMs],
  );
  const from = rows[0]?.['from'];
  if (!(from instanceof Date)) return undefined;
  const { rows: ends } = await tx.query(
    `UPDATE waybill.flow_sampler SET sampled_until = greatest(sampled_until, date_trunc('milliseconds', (
       SELECT greatest(clock_timestamp() - interval '30 s', least(clock_timestamp(), min(xact_start))) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
          AND (backend_xid IS NOT NULL OR state = 'active'))))
     RETURNING sampled_until AS until, clock_timestamp() AS now`,
  );
  const [until, now] = [ends[0]?.['until'], ends[0]?.['now']];
  return until instanceof Date && now instanceof Date && until > from ? { from, until, now } : undefined;
}

/**
 * In one pass over what was handled in the window, found by its time alone: a condition on the consumer would have the
 * planner read the inbox by its key, which is the whole of it. Counts by size, since quantiles do not add up.
 */
export const HANDLED_IN_WINDOW = `
WITH handled AS MATERIALIZED (
  SELECT consumer, event_time, work_ms, greatest(0, extract(epoch FROM handled_at - event_time)::float8 * 1000) AS ms
    FROM waybill.inbox WHERE handled_at >= $1 AND handled_at < $2 AND arrival <> 'skipped'
), judged AS (
  SELECT consumer, ms, work_ms, event_time >= known_since AS known, visible,
         CASE WHEN event_time < known_since THEN NULL WHEN ms <= 1 THEN 0 ELSE ceil(ln(ms) / ln($5::float8))::int END AS bucket
    FROM handled JOIN unnest($3::text[], $4::float8[]) AS d(consumer, visible) USING (consumer) JOIN waybill.flow USING (consumer)
)
SELECT consumer, bucket, count(*) AS handled, count(*) FILTER (WHERE known) AS judged,
       sum(work_ms) AS work_ms, count(*) FILTER (WHERE known AND ms > visible) AS beyond, max(ms) FILTER (WHERE known) AS max_ms
  FROM judged GROUP BY consumer, bucket`;

const FAILED_IN_WINDOW = `
SELECT consumer, count(*) AS failed, coalesce(sum(work_ms), 0) AS wasted_ms FROM waybill.parked_attempt WHERE failed_at >= $1 AND failed_at < $2 GROUP BY consumer`;
const DIED_IN_WINDOW = `
SELECT consumer, count(*) AS died FROM waybill.parked
 WHERE reason = 'dead' AND coalesce(failed_at, parked_at) >= $1 AND coalesce(failed_at, parked_at) < $2 GROUP BY consumer`;

/** What each of the consumers did from one time to the one before another. */
export async function flowWindows(
  tx: Queryable,
  flows: readonly FlowDefinition[],
  { from, until }: { readonly from: Date; readonly until: Date },
): Promise<readonly FlowWindow[]> {
  const names = flows.map(({ name }) => name);
  await tx.query(`INSERT INTO waybill.flow (consumer) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING`, [names]);
  // A window is a small part of the inbox whatever the planner knows of it.
  await tx.query('SET LOCAL enable_seqscan = off');
  const { rows: handled } = await tx.query(HANDLED_IN_WINDOW, [
    ...[from, until, names],
    ...[flows.map(({ objective }) => objective.visibleWithinMs), bucketGrowth],
  ]);
  const { rows: failed } = await tx.query(FAILED_IN_WINDOW, [from, until]);
  const { rows: died } = await tx.query(DIED_IN_WINDOW, [from, until]);
  return names.map((consumer) => {
    const own = handled.filter((row) => row['consumer'] === consumer);
    const sum = (name: string) => own.reduce((total, row) => total + Number(row[name]), 0);
    const longest = own.flatMap((row) => (row['max_ms'] === null ? [] : [Number(row['max_ms'])]));
    return {
      ...{ consumer, handled: sum('handled'), judged: sum('judged'), beyond: sum('beyond') },
      failed: countOf(failed, consumer, 'failed'),
      ...{ workMs: sum('work_ms'), wastedMs: countOf(failed, consumer, 'wasted_ms') },
      died: countOf(died, consumer, 'died'),
      buckets: new Map(
        own.flatMap((row) => (row['bucket'] === null ? [] : [[Number(row['bucket']), Number(row['judged'])] as const])),
      ),
      maxMs: longest.length === 0 ? undefined : Math.max(...longest),
    };
  });
}

function countOf(rows: readonly Record<string, unknown>[], consumer: string, name: string): number {
  return Number(rows.find((row) => row['consumer'] === consumer)?.[name] ?? 0);
}
