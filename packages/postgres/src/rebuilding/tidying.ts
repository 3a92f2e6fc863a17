import type { Queryable } from '@waybill/messaging';
import { generationRow, type GenerationRow, moveGeneration } from './generations.ts';
import { quoted } from './living-tables.ts';

/** Days for which the tables stay that a generation took the place of. */
export const RETIRED_DAYS = 7;

/** Rows taken away in one statement, at most. */
const STEP = 5_000;

/** Generations that are over, one way or another, and of which something is left. */
export async function generationsToTidy(db: Queryable): Promise<readonly GenerationRow[]> {
  const { rows } = await db.query(
    `SELECT * FROM waybill.generation WHERE state <> 'building' AND rows_left
         OR state = 'swapped' AND swapped_at < now() - ${RETIRED_DAYS} * interval '1 day' ORDER BY made_at`,
  );
  return rows.map(generationRow);
}

/** Takes away, for good, the tables that a generation took the place of. */
export async function discardRetiredTables(
  tx: Queryable,
  { job, retiredSchema }: GenerationRow,
): Promise<'discarded' | 'not there'> {
  if ((await moveGeneration(tx, job, { from: 'swapped', to: 'discarded' })) === undefined) return 'not there';
  await tx.query(`DROP SCHEMA IF EXISTS ${quoted(retiredSchema)} CASCADE`);
  return 'discarded';
}

/** Takes away what is left of a generation that is over, some of it at a time. Answers whether nothing is left. */
export async function tidyGeneration(db: Queryable, { job, name, schema }: GenerationRow): Promise<'clear' | 'more'> {
  const { rowCount } = await db.query(
    `DELETE FROM waybill.entity WHERE ctid = ANY (ARRAY(SELECT ctid FROM waybill.entity WHERE consumer = $1 LIMIT ${STEP}))`,
    [name],
  );
  if ((rowCount ?? 0) >= STEP) return 'more';
  for (const table of ['parked', 'parked_attempt', 'consumer_position', 'consumer_bootstrap'])
    await db.query(`DELETE FROM waybill.${table} WHERE consumer = $1`, [name]);
  // With the tables of one that was given up, or the copies of those that are kept apart.
  await db.query(`DROP SCHEMA IF EXISTS ${quoted(schema)} CASCADE`);
  await db.query(`UPDATE waybill.generation SET rows_left = false WHERE job = $1`, [job]);
  return 'clear';
}
