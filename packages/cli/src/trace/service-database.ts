import type pg from 'pg';

/** A service's database, by the service's name. */
export interface ServiceDatabase {
  readonly service: string;
  readonly pool: pg.Pool;
}

export type Row = Readonly<Record<string, unknown>>;

export async function rowsOf(
  { pool }: ServiceDatabase,
  sql: string,
  params: readonly unknown[],
): Promise<readonly Row[]> {
  const { rows } = await pool.query<Row>(sql, [...params]);
  return rows;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function date(value: unknown): Date | undefined {
  return value instanceof Date ? value : undefined;
}
