import { generationName, type Queryable } from '@waybill/messaging';

/** A generation of a projection: what a rebuild makes beside the living one. */
export interface GenerationRow {
  readonly consumer: string;
  readonly number: number;
  readonly job: string;
  /** The name under which its positions, entities and parked events are stored. */
  readonly name: string;
  /** Where its tables lie while it is built. */
  readonly schema: string;
  /** Where the tables lie that it took the place of. */
  readonly retiredSchema: string;
  readonly state: 'building' | 'swapped' | 'discarded';
  readonly swappedAt: Date | undefined;
}

/** Notes a generation that a job is to build. Undefined when one of the consumer is being built already. */
export async function insertGeneration(
  tx: Queryable,
  consumer: string,
  job: string,
): Promise<GenerationRow | undefined> {
  const mark = job.replaceAll('-', '').slice(0, 12);
  const { rows } = await tx.query(
    `SELECT coalesce(max(number), 1) + 1 AS number FROM waybill.generation WHERE consumer = $1`,
    [consumer],
  );
  const number = Number(rows[0]?.['number']);
  const made = await tx.query(
    `INSERT INTO waybill.generation (consumer, number, job, name, schema_name, retired_schema)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING *`,
    [consumer, number, job, generationName(consumer, number), `waybill_new_${mark}`, `waybill_old_${mark}`],
  );
  return made.rows[0] === undefined ? undefined : generationRow(made.rows[0]);
}

export async function generationOfJob(db: Queryable, job: string): Promise<GenerationRow | undefined> {
  const { rows } = await db.query(`SELECT * FROM waybill.generation WHERE job = $1`, [job]);
  return rows[0] === undefined ? undefined : generationRow(rows[0]);
}

/** The job that builds a generation of a consumer; undefined when none does. */
export async function rebuildUnderWay(db: Queryable, consumer: string): Promise<string | undefined> {
  const { rows } = await db.query(`SELECT job FROM waybill.generation WHERE consumer = $1 AND state = 'building'`, [
    consumer,
  ]);
  return rows[0] === undefined ? undefined : String(rows[0]['job']);
}

/**
 * Changes the state of a generation, if it is `from`. Waits for whoever works in it, and nobody does afterwards: this is what
 * fences it.
 */
export async function moveGeneration(
  tx: Queryable,
  job: string,
  { from, to }: { readonly from: GenerationRow['state']; readonly to: GenerationRow['state'] },
): Promise<GenerationRow | undefined> {
  const { rows } = await tx.query(
    `UPDATE waybill.generation SET state = $3,
            swapped_at = CASE WHEN $3 = 'swapped' THEN clock_timestamp() ELSE swapped_at END,
            discarded_at = CASE WHEN $3 = 'discarded' THEN clock_timestamp() END
      WHERE job = $1 AND state = $2 RETURNING *`,
    [job, from, to],
  );
  return rows[0] === undefined ? undefined : generationRow(rows[0]);
}

export function generationRow(row: Record<string, unknown>): GenerationRow {
  return {
    consumer: String(row['consumer']),
    number: Number(row['number']),
    job: String(row['job']),
    name: String(row['name']),
    schema: String(row['schema_name']),
    retiredSchema: String(row['retired_schema']),
    state: row['state'] as GenerationRow['state'],
    swappedAt: (row['swapped_at'] ?? undefined) as Date | undefined,
  };
}
