import type { Queryable } from '@waybill/messaging';
import { type JobRow, type JobState, lockJob } from '../operating/jobs.ts';

/** Where a consumer and its generation are in one partition. */
export interface PositionPair {
  readonly topic: string;
  readonly partition: number;
  readonly living: bigint | undefined;
  readonly generation: bigint | undefined;
}

export async function positionPairs(
  db: Queryable,
  sides: { readonly consumer: string; readonly name: string },
  topics: readonly string[],
): Promise<readonly PositionPair[]> {
  const { rows } = await db.query(
    `SELECT topic, partition, max(next_offset) FILTER (WHERE consumer = $1) AS living,
            max(next_offset) FILTER (WHERE consumer = $2) AS generation
       FROM waybill.consumer_position WHERE consumer IN ($1, $2) AND topic = ANY ($3::text[]) GROUP BY 1, 2 ORDER BY 1, 2`,
    [sides.consumer, sides.name, topics],
  );
  const offset = (value: unknown) => (typeof value === 'string' ? BigInt(value) : undefined);
  return rows.map((row) => ({
    ...{ topic: String(row['topic']), partition: Number(row['partition']) },
    ...{ living: offset(row['living']), generation: offset(row['generation']) },
  }));
}

/** Locks a rebuild that is being worked on; undefined when it is not, any more. */
export async function lockRebuild(tx: Queryable, id: string): Promise<JobRow | undefined> {
  const job = await lockJob(tx, id);
  return job?.kind === 'rebuild' && (job.state === 'running' || job.state === 'ready') ? job : undefined;
}

/** Notes how far a rebuild is. In a transaction that holds the job. */
export async function noteRebuild(
  tx: Queryable,
  id: string,
  step: {
    readonly checkpoint: unknown;
    readonly total: bigint;
    readonly taken: bigint;
    readonly state: JobState;
    readonly note: string | undefined;
    readonly report: unknown;
  },
): Promise<void> {
  await tx.query(
    `UPDATE waybill.job SET checkpoint = $2, total = $3, taken = $4, state = $5, note = $6, report = $7,
            stepped_at = clock_timestamp(),
            ended_at = CASE WHEN $5 IN ('done', 'cancelled') THEN clock_timestamp() END WHERE id = $1`,
    [
      id,
      JSON.stringify(step.checkpoint),
      step.total,
      step.taken,
      step.state,
      step.note ?? null,
      step.report === undefined ? null : JSON.stringify(step.report),
    ],
  );
}

/** Entities that a consumer knows. */
export async function entityCount(db: Queryable, consumer: string): Promise<number> {
  const { rows } = await db.query(`SELECT count(*) AS count FROM waybill.entity WHERE consumer = $1 AND applied > 0`, [
    consumer,
  ]);
  return Number(rows[0]?.['count'] ?? 0);
}
