/** Anything that runs SQL in the caller's transaction: a `pg` client, a pool's client, a driver of one's own. */
export interface Queryable {
  query(
    sql: string,
    params?: readonly unknown[],
  ): Promise<{ rows: readonly Record<string, unknown>[]; rowCount?: number | null }>;
}
