import { outboxColumns } from './outbox-columns.ts';

/**
 * The statements that read the outbox by a cursor that is a snapshot. Each clause that looks superfluous is there for
 * the plan, with and without statistics: ORDER BY xid LIMIT makes the xid index the cheapest path, the arithmetic on
 * slot hides it from other indexes, IS TRUE keeps the xid index out of the walk along position, OFFSET 0 keeps min()
 * from walking the whole history. `limit` is a literal, so that the generic plan knows it.
 */

/** $1 prev, $2 shards. One row always comes, with the statement's own snapshot; rows beyond `limit` mean overflow. */
export function pollSql(limit: number, columnsOf = outboxColumns): string {
  const columns = columnsOf('o');
  return `
WITH d AS MATERIALIZED (
  (SELECT ${columns} FROM waybill.outbox o
    WHERE o.xid >= pg_snapshot_xmax($1::pg_snapshot) AND (o.slot + 0) / 64 = ANY ($2::int[])
    ORDER BY o.xid LIMIT ${limit + 1})
  UNION ALL
  (SELECT i.* FROM pg_snapshot_xip($1::pg_snapshot) x(xid) CROSS JOIN LATERAL (
     SELECT ${columns} FROM waybill.outbox o
      WHERE o.xid = x.xid AND (o.slot + 0) / 64 = ANY ($2::int[])
      ORDER BY o.xid LIMIT ${limit + 1}) i))
SELECT s.snap::text, s.standby, ${columnsOf('d')}
  FROM (SELECT pg_current_snapshot() AS snap, pg_is_in_recovery() AS standby) s LEFT JOIN d ON true
 ORDER BY d.position`;
}

/** $1 prev. Once per overflowing delta. */
export const LOWEST = `
SELECT min(position) FROM (
  SELECT o.position FROM waybill.outbox o WHERE o.xid >= pg_snapshot_xmax($1::pg_snapshot)
  UNION ALL
  SELECT o.position FROM pg_snapshot_xip($1::pg_snapshot) x(xid) JOIN waybill.outbox o ON o.xid = x.xid OFFSET 0) q`;

/** $1 prev, $2 shards, $3 target, $4 position. */
export function chunkSql(limit: number, columnsOf = outboxColumns): string {
  return `
SELECT ${columnsOf('o')} FROM waybill.outbox o
 WHERE o.position > $4::bigint
   AND ((o.xid >= pg_snapshot_xmax($1::pg_snapshot) OR o.xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::pg_snapshot))))
        AND pg_visible_in_snapshot(o.xid, $3::pg_snapshot)) IS TRUE
   AND (o.slot + 0) / 64 = ANY ($2::int[])
 ORDER BY o.position LIMIT ${limit}`;
}

/**
 * $1 to $4 the held aggregate, $5 its held version, $6 prev, $7 target or null, $8 position or null: what the cursor
 * has passed of it, and nothing that is still to come.
 */
export const HELD_ROWS = `
SELECT ${outboxColumns('o')} FROM waybill.outbox o
 WHERE o.kind = $1 AND o.tenant = $2 AND o.aggregatetype = $3 AND o.aggregateid = $4 AND o.aggregateversion >= $5::bigint
   AND (pg_visible_in_snapshot(o.xid, $6::pg_snapshot)
        OR (o.position <= $8::bigint AND pg_visible_in_snapshot(o.xid, $7::pg_snapshot)))
 ORDER BY o.position`;
