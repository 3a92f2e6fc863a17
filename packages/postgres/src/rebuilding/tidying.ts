import type { Queryable } from '@waybill/messaging';
import { generationRow, type GenerationRow, moveGeneration } from './generations.ts';
import { quoted } from './living-tables.ts';

/** Days for which the tables stay that a generation took the place of. */
export const RETIRED_DAYS = 7;

/** Rows taken away in one statement, at most. */
const STEP = 5_000;

/** Generations that are over, one way or another, and of which something is left: their jobs' ids. */
export async function generationsToTidy(db: Queryable): Promise<readonly GenerationRow[]> {
  const { rows } = await db.query(
    `SELECT g.* FROM waybill.generation g JOIN waybill.job j ON j.id = g.job
      WHERE g.state = 'building' AND j.state = 'cancelled'
         OR g.state <> 'building' AND g.rows_left
         OR g.state = 'swapped' AND g.swapped_at < now() - ${RETIRED_DAYS} * interval '1 day' ORDER BY g.made_at`,
  );
  return rows.map(generationRow);
}

/** Takes a generation's tables away, the new ones of one that was given up or the old ones of one that was swapped in. */
export async function discardTables(
  tx: Queryable,
  { job, state, schema, retiredSchema }: GenerationRow,
): Promise<'discarded' | 'not there'> {
  if ((await moveGeneration(tx, job, { from: state, to: 'discarded' })) === undefined) return 'not there';
  await tx.query(`DROP SCHEMA IF EXISTS ${quoted(schema)} CASCADE`);
  await tx.query(`DROP SCHEMA IF EXISTS ${quoted(retiredSchema)} CASCADE`);
  return 'discarded';
}

/** Takes away what the consuming side keeps of a generation, some of it at a time. Answers whether nothing is left. */
export async function tidyRows(db: Queryable, { job, name, state, schema }: GenerationRow): Promise<'clear' | 'more'> {
  const { rowCount } = await db.query(
    `DELETE FROM waybill.entity WHERE ctid = ANY (ARRAY(SELECT ctid FROM waybill.entity WHERE consumer = $1 LIMIT ${STEP}))`,
    [name],
  );
  if ((rowCount ?? 0) >= STEP) return 'more';
  for (const table of ['parked', 'parked_attempt', 'consumer_position', 'consumer_bootstrap'])
    await db.query(`DELETE FROM waybill.${table} WHERE consumer = $1`, [name]);
  // The copies of tables that are kept apart.
  if (state === 'swapped') await db.query(`DROP SCHEMA IF EXISTS ${quoted(schema)} CASCADE`);
  await db.query(`UPDATE waybill.generation SET rows_left = false WHERE job = $1`, [job]);
  return 'clear';
}
