import { outboxColumns } from './outbox-columns.ts';

/**
 * The statements that read the outbox by a {@link Delta}. Each clause that looks superfluous is there for the plan,
 * with and without statistics: ORDER BY xid LIMIT makes the xid index the cheapest path, the arithmetic on slot hides
 * it from other indexes, IS TRUE keeps the xid index out of the walk along position, OFFSET 0 keeps min() from walking
 * the whole history. `limit` is a literal, so that the generic plan knows it.
 */

/**
 * What the connection of these statements is set to: planning would cost more than the poll, and a planner that knows
 * nothing of the table yet would read the whole of it, or for each chunk sort all that comes after it.
 */
export const POLL_SETTINGS =
  'SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off';

/**
 * $1 the delta's from, $2 its in-flight ids, $3 shards. One row always comes, with the statement's own snapshot; rows
 * beyond `limit` mean overflow.
 */
export function pollSql(limit: number, columnsOf = outboxColumns): string {
  const columns = columnsOf('o');
  return `
WITH d AS MATERIALIZED (
  (SELECT ${columns} FROM waybill.outbox o
    WHERE o.xid >= $1::xid8 AND (o.slot + 0) / 64 = ANY ($3::int[])
    ORDER BY o.xid LIMIT ${limit + 1})
  UNION ALL
  (SELECT i.* FROM unnest($2::xid8[]) x(xid) CROSS JOIN LATERAL (
     SELECT ${columns} FROM waybill.outbox o
      WHERE o.xid = x.xid AND (o.slot + 0) / 64 = ANY ($3::int[])
      ORDER BY o.xid LIMIT ${limit + 1}) i))
SELECT s.snap::text, s.standby, ${columnsOf('d')}
  FROM (SELECT pg_current_snapshot() AS snap, pg_is_in_recovery() AS standby) s LEFT JOIN d ON true
 ORDER BY d.position`;
}

/** $1 from, $2 in-flight ids. Once per overflowing delta. */
export const LOWEST = `
SELECT min(position) FROM (
  SELECT o.position FROM waybill.outbox o WHERE o.xid >= $1::xid8
  UNION ALL
  SELECT o.position FROM unnest($2::xid8[]) x(xid) JOIN waybill.outbox o ON o.xid = x.xid OFFSET 0) q`;

/** $1 from, $2 in-flight ids, $3 shards, $4 and $5 the target's xmax and in-flight ids, $6 position. */
export function chunkSql(limit: number, columnsOf = outboxColumns): string {
  return `
SELECT ${columnsOf('o')} FROM waybill.outbox o
 WHERE o.position > $6::bigint
   AND ((o.xid >= $1::xid8 OR o.xid = ANY ($2::xid8[])) AND o.xid < $4::xid8 AND o.xid <> ALL ($5::xid8[])) IS TRUE
   AND (o.slot + 0) / 64 = ANY ($3::int[])
 ORDER BY o.position LIMIT ${limit}`;
}

/**
 * $1 to $4 the held aggregate, $5 its held version, $6 from, $7 in-flight ids, $8 and $9 the target's xmax and in-flight
 * ids, or null, $10 position, or null: what no longer lies before the cursor, and nothing that is still to come.
 */
export const HELD_ROWS = `
SELECT ${outboxColumns('o')} FROM waybill.outbox o
 WHERE o.kind = $1 AND o.tenant = $2 AND o.aggregatetype = $3 AND o.aggregateid = $4 AND o.aggregateversion >= $5::bigint
   AND ((o.xid < $6::xid8 AND o.xid <> ALL ($7::xid8[]))
        OR (o.position <= $10::bigint AND o.xid < $8::xid8 AND o.xid <> ALL ($9::xid8[])))
 ORDER BY o.position`;
