import type { Queryable } from '@waybill/messaging';
import { maintainOperating } from '../operating/entry-marks.ts';

const DAY_MS = 86_400_000;

/**
 * Attaches the inbox's partitions for the year ahead, and drops what is older than the retention: of ordered
 * consumers the versions cover it; an unordered consumer's horizon must be shorter. Answers what was done.
 */
export async function maintainInbox(
  db: Queryable,
  options: { readonly retentionMs: number; readonly now: Date },
): Promise<{ readonly attached: number; readonly dropped: readonly string[] }> {
  const attached = await db.query(`SELECT waybill.attach_inbox_partitions($1::date, 13) AS attached`, [options.now]);
  const oldest = new Date(options.now.getTime() - options.retentionMs);
  const { rows } = await db.query(
    `SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'waybill.inbox'::regclass AND c.relname ~ '^inbox_[0-9]{6}$' AND c.relname < $1`,
    [`inbox_${oldest.toISOString().slice(0, 7).replace('-', '')}`],
  );
  const dropped = rows.map((row) => String(row['relname']));
  for (const name of dropped) await db.query(`DROP TABLE waybill.${name}`);
  await db.query(`DELETE FROM waybill.skipped WHERE skipped_at < $1`, [oldest]);
  await maintainOperating(db, oldest);
  return { attached: Number(attached.rows[0]?.['attached'] ?? 0), dropped };
}

/** Ninety days, when a service says nothing else. */
export const INBOX_RETENTION_MS = 90 * DAY_MS;
