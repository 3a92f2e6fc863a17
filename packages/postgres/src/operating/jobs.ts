import type { EntityKey, Queryable } from '@waybill/messaging';
import { keyOf } from '../consuming/entity-sql.ts';
import { parkedCondition, type ParkedFilter } from './parked-list.ts';

export type JobState = 'running' | 'paused' | 'stopped' | 'ready' | 'cancelled' | 'done';
export type JobKind = 'redrive' | 'replay' | 'rebuild' | 'shadow';

/** A job as it stands. */
export interface JobRow {
  readonly id: string;
  readonly kind: JobKind;
  readonly consumer: string;
  readonly selection: unknown;
  readonly pace: unknown;
  readonly reason: string;
  readonly actor: string;
  readonly approvedBy: string | undefined;
  readonly state: JobState;
  readonly note: string | undefined;
  readonly total: number;
  readonly taken: number;
  readonly passedOver: number;
  readonly checkpoint: unknown;
  /** What it found, in the form of its kind; undefined while it has found nothing yet. */
  readonly report: unknown;
  readonly createdAt: Date;
  readonly steppedAt: Date | undefined;
  readonly endedAt: Date | undefined;
}

/** What became of the entries that a job began. */
export interface JobOutcomes {
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  readonly underWay: number;
}

const SHOWN = 100;

export async function insertJob(
  tx: Queryable,
  job: Pick<JobRow, 'id' | 'kind' | 'consumer' | 'selection' | 'pace' | 'reason' | 'actor' | 'approvedBy' | 'total'> & {
    readonly checkpoint: unknown;
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO waybill.job (id, kind, consumer, selection, pace, reason, actor, approved_by, state, total, checkpoint)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $9, $10)`,
    [
      job.id,
      job.kind,
      job.consumer,
      JSON.stringify(job.selection),
      JSON.stringify(job.pace),
      job.reason,
      job.actor,
      job.approvedBy ?? null,
      job.total,
      JSON.stringify(job.checkpoint),
    ],
  );
}

export async function listJobs(db: Queryable): Promise<readonly JobRow[]> {
  const { rows } = await db.query(`SELECT * FROM waybill.job ORDER BY created_at DESC LIMIT ${SHOWN}`);
  return rows.map(jobRow);
}

export async function jobById(db: Queryable, id: string): Promise<JobRow | undefined> {
  const { rows } = await db.query(`SELECT * FROM waybill.job WHERE id = $1`, [id]);
  return rows[0] === undefined ? undefined : jobRow(rows[0]);
}

/** Locks a job for one step of it; undefined when another process is at it, or it does not run. */
export async function lockRunningJob(tx: Queryable, id: string): Promise<JobRow | undefined> {
  const { rows } = await tx.query(
    `SELECT * FROM waybill.job WHERE id = $1 AND state = 'running' FOR UPDATE SKIP LOCKED`,
    [id],
  );
  return rows[0] === undefined ? undefined : jobRow(rows[0]);
}

/** Locks a job, whatever its state. */
export async function lockJob(tx: Queryable, id: string): Promise<JobRow | undefined> {
  const { rows } = await tx.query(`SELECT * FROM waybill.job WHERE id = $1 FOR UPDATE`, [id]);
  return rows[0] === undefined ? undefined : jobRow(rows[0]);
}

export async function setJobState(tx: Queryable, id: string, state: JobState, note?: string): Promise<void> {
  await tx.query(
    `UPDATE waybill.job SET state = $2, note = $3,
       ended_at = CASE WHEN $2 IN ('done', 'cancelled') THEN clock_timestamp() END WHERE id = $1`,
    [id, state, note ?? null],
  );
}

export async function setJobPace(tx: Queryable, id: string, pace: unknown): Promise<void> {
  await tx.query(`UPDATE waybill.job SET pace = $2 WHERE id = $1`, [id, JSON.stringify(pace)]);
}

/** Notes a step: where it got to, what it began and what it found gone. In the transaction of what it did. */
export async function noteStep(
  tx: Queryable,
  id: string,
  step: { readonly checkpoint: unknown; readonly taken: readonly string[]; readonly passedOver: number },
): Promise<void> {
  await tx.query(
    `UPDATE waybill.job SET checkpoint = $2, taken = taken + $3, passed_over = passed_over + $4,
       stepped_at = clock_timestamp() WHERE id = $1`,
    [id, JSON.stringify(step.checkpoint), step.taken.length, step.passedOver],
  );
  await tx.query(
    `INSERT INTO waybill.job_item (job, parked_id) SELECT $1, unnest($2::bigint[]) ON CONFLICT DO NOTHING`,
    [id, step.taken],
  );
}

/** What became of what the job began: what is parked no more was handled, unless it is noted that it was skipped. */
export async function jobOutcomes(db: Queryable, id: string): Promise<JobOutcomes> {
  const { rows } = await db.query(
    `SELECT count(*) FILTER (WHERE i.outcome = 'failed' OR i.outcome IS NULL AND p.reason = 'dead') AS failed,
            count(*) FILTER (WHERE i.outcome = 'skipped') AS skipped,
            count(*) FILTER (WHERE i.outcome IS NULL AND p.id IS NULL) AS done,
            count(*) FILTER (WHERE i.outcome IS NULL AND p.reason <> 'dead') AS under_way
       FROM waybill.job_item i LEFT JOIN waybill.parked p ON p.id = i.parked_id AND p.job = i.job WHERE i.job = $1`,
    [id],
  );
  const row = rows[0] ?? {};
  return {
    done: Number(row['done'] ?? 0),
    failed: Number(row['failed'] ?? 0),
    skipped: Number(row['skipped'] ?? 0),
    underWay: Number(row['under_way'] ?? 0),
  };
}

/** The next dead entries of a selection, in the order in which they were parked, none above `upTo`. */
export async function nextEntries(
  tx: Queryable,
  filter: ParkedFilter,
  range: { readonly after: string; readonly upTo: string; readonly limit: number },
): Promise<readonly { readonly id: string; readonly key: EntityKey }[]> {
  const { sql, params } = parkedCondition(filter);
  const n = params.length;
  const { rows } = await tx.query(
    `SELECT p.id, p.tenant, p.aggregate_type, p.aggregate_id FROM waybill.parked p
      WHERE ${sql} AND p.reason = 'dead' AND p.id > $${n + 1} AND p.id <= $${n + 2} ORDER BY p.id LIMIT $${n + 3}`,
    [...params, range.after, range.upTo, range.limit],
  );
  return rows.map((row) => ({ id: String(row['id']), key: keyOf(row) }));
}

/** What a redrive of a selection would touch. */
export async function redriveSize(db: Queryable, filter: ParkedFilter) {
  const { sql, params } = parkedCondition(filter);
  const { rows } = await db.query(
    `SELECT p.type, count(*) AS total, count(DISTINCT (p.tenant, p.aggregate_type, p.aggregate_id)) AS entities,
            min(p.parked_at) AS oldest, max(p.parked_at) AS newest, max(p.id) AS last,
            sum(CASE WHEN p.holds_entity THEN (
              SELECT count(*) FROM waybill.parked b
               WHERE b.holds_entity AND b.version > p.version AND b.reason <> 'dead'
                 AND (b.consumer, b.tenant, b.aggregate_type, b.aggregate_id)
                   = (p.consumer, p.tenant, p.aggregate_type, p.aggregate_id)) ELSE 0 END) AS behind
       FROM waybill.parked p WHERE ${sql} AND p.reason = 'dead' GROUP BY p.type ORDER BY 2 DESC`,
    params,
  );
  const sum = (field: string) => rows.reduce((total, row) => total + Number(row[field]), 0);
  const times = (field: string) => rows.map((row) => row[field] as Date).toSorted((a, b) => a.getTime() - b.getTime());
  return {
    total: sum('total'),
    entities: sum('entities'),
    behind: sum('behind'),
    oldest: times('oldest')[0],
    newest: times('newest').at(-1),
    types: rows.map((row) => ({ type: String(row['type']), count: Number(row['total']) })),
    last: rows.reduce((last, row) => (BigInt(String(row['last'])) > last ? BigInt(String(row['last'])) : last), 0n),
  };
}

/**
 * Jobs that run and whose last step is longer ago than so many milliseconds: whoever was at them has died. A rebuild that is
 * ready follows its consumer from time to time.
 */
export async function idleJobs(db: Queryable, longerThanMs: number): Promise<readonly string[]> {
  const { rows } = await db.query(
    `SELECT id FROM waybill.job WHERE (state = 'running' OR state = 'ready' AND kind = 'rebuild')
        AND coalesce(stepped_at, created_at) < now() - $1 * interval '1 millisecond'`,
    [longerThanMs],
  );
  return rows.map((row) => String(row['id']));
}

function jobRow(row: Record<string, unknown>): JobRow {
  return {
    id: String(row['id']),
    kind: row['kind'] as JobRow['kind'],
    consumer: String(row['consumer']),
    selection: row['selection'],
    pace: row['pace'],
    reason: String(row['reason']),
    actor: String(row['actor']),
    approvedBy: (row['approved_by'] ?? undefined) as string | undefined,
    state: row['state'] as JobState,
    note: (row['note'] ?? undefined) as string | undefined,
    total: Number(row['total']),
    taken: Number(row['taken']),
    passedOver: Number(row['passed_over']),
    checkpoint: row['checkpoint'],
    report: row['report'] ?? undefined,
    createdAt: row['created_at'] as Date,
    steppedAt: (row['stepped_at'] ?? undefined) as Date | undefined,
    endedAt: (row['ended_at'] ?? undefined) as Date | undefined,
  };
}
