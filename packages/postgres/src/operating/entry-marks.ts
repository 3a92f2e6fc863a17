import type { Queryable } from '@waybill/messaging';
import { dropEditedBytes } from './edits.ts';

/** Notes on an entry that it was redriven, and in which job. A job that had it before counts it as failed from now on. */
export async function markRedriven(tx: Queryable, ids: readonly string[], job: string | undefined): Promise<void> {
  await tx.query(
    `UPDATE waybill.job_item SET outcome = 'failed'
      WHERE parked_id = ANY ($1::bigint[]) AND outcome IS NULL AND ($2::uuid IS NULL OR job <> $2)`,
    [ids, job ?? null],
  );
  await tx.query(`UPDATE waybill.parked SET redriven = redriven + 1, job = $2 WHERE id = ANY ($1::bigint[])`, [
    ids,
    job ?? null,
  ]);
}

/** What a job had begun and a person gave up is neither done nor failed. */
export async function markSkipped(tx: Queryable, id: string): Promise<void> {
  await tx.query(`UPDATE waybill.job_item SET outcome = 'skipped' WHERE parked_id = $1 AND outcome IS NULL`, [id]);
}

/** Gives an entry to a person, or to nobody. False when it is not parked any more. */
export async function assignEntry(tx: Queryable, id: string, assignee: string | null): Promise<boolean> {
  const { rows } = await tx.query(`UPDATE waybill.parked SET assignee = $2 WHERE id = $1 RETURNING id`, [id, assignee]);
  return rows.length > 0;
}

/** Remembers a token that was used for a command. False when it was used before. */
export async function useToken(tx: Queryable, id: string, until: Date): Promise<boolean> {
  const { rows } = await tx.query(
    `INSERT INTO waybill.used_token (id, until) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id`,
    [id, until],
  );
  return rows.length > 0;
}

/**
 * Drops what operating keeps for a time only: attempts and the bytes of edits past the retention, and tokens that are no longer
 * valid anyway.
 */
export async function maintainOperating(db: Queryable, oldest: Date): Promise<void> {
  await db.query(`DELETE FROM waybill.parked_attempt WHERE failed_at < $1`, [oldest]);
  await dropEditedBytes(db, oldest);
  await db.query(`DELETE FROM waybill.used_token WHERE until < now() - interval '1 minute'`);
}
