import type { Queryable } from '@waybill/messaging';

/** Takes a generation for this process, or keeps it, for so many milliseconds. False when another has it. */
export async function holdGeneration(db: Queryable, job: string, holder: string, ms: number): Promise<boolean> {
  const { rows } = await db.query(
    `INSERT INTO waybill.generation_lease AS l (job, holder, until) VALUES ($1, $2, now() + $3 * interval '1 millisecond')
     ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, until = excluded.until
      WHERE l.holder = excluded.holder OR l.until < now() RETURNING job`,
    [job, holder, ms],
  );
  return rows.length > 0;
}

export async function letGenerationGo(db: Queryable, job: string, holder: string): Promise<void> {
  await db.query(`DELETE FROM waybill.generation_lease WHERE job = $1 AND holder = $2`, [job, holder]);
}
