import type { Held, HeldKey, Queryable } from '@waybill/messaging';
import { transaction, type ConnectionPool } from '../transaction.ts';

/** An aggregate that is held, with since when. */
export interface HeldAggregate extends Held {
  readonly heldAt: Date;
  readonly releaseRequested: boolean;
}

/** Everything that is held, the longest first. */
export async function heldAggregates(db: Queryable): Promise<readonly HeldAggregate[]> {
  const { rows } = await db.query('SELECT * FROM waybill.outbox_held ORDER BY held_at');
  return rows.map((row) => ({
    kind: row['kind'] === 'snapshot' ? 'snapshot' : 'event',
    tenant: String(row['tenant']),
    aggregateType: String(row['aggregatetype']),
    aggregateId: String(row['aggregateid']),
    slot: Number(row['slot']),
    fromVersion: Number(row['from_version']),
    position: Number(row['position']),
    code: String(row['code']),
    message: String(row['message']),
    heldAt: new Date(String(row['held_at'])),
    releaseRequested: row['release'] === true,
  }));
}

/**
 * Asks the relay that has the aggregate's shard to publish it from the held version on, in order. Answers `false` when
 * it is not held. What is rejected again is held again.
 */
export async function releaseHeld(db: Queryable, key: HeldKey): Promise<boolean> {
  const { rows } = await db.query(
    `UPDATE waybill.outbox_held SET release = true
      WHERE kind = $1 AND tenant = $2 AND aggregatetype = $3 AND aggregateid = $4 RETURNING 1`,
    [key.kind, key.tenant, key.aggregateType, key.aggregateId],
  );
  if (rows.length === 0) return false;
  await db.query(`SELECT pg_notify('waybill_outbox', 'release')`);
  return true;
}

/**
 * Makes cursors good again after a dump and restore, an upgrade or a copy to another cluster, whose transaction ids
 * begin anew. Rows of the old cluster that its cursors had not passed, and all rows written here since, are published
 * (again): each row says which cluster wrote it, so nothing is taken for done by mistake. Writers wait meanwhile; the
 * whole outbox is rewritten, so drop old partitions first. Answers how many rows are pending.
 */
export async function rebaseOutbox(pool: ConnectionPool): Promise<{ readonly pending: number }> {
  return transaction(pool, async (tx) => {
    await tx.query('LOCK TABLE waybill.outbox IN SHARE ROW EXCLUSIVE MODE');
    // Before this transaction has an id of its own: everything that it marks is then after this snapshot.
    const { rows } = await tx.query('SELECT pg_current_snapshot()::text AS base, waybill.cluster_id()::text AS here');
    const base = String(rows[0]?.['base']);
    const here = String(rows[0]?.['here']);
    const { rows: counted } = await tx.query(REBASE_ROWS, [here]);
    await tx.query(
      `UPDATE waybill.relay_shard SET prev = $1::pg_snapshot, target = NULL, position = NULL, cluster = $2::bigint,
              epoch = epoch + 1, owner = NULL, lease_until = NULL`,
      [base, here],
    );
    await tx.query('UPDATE waybill.outbox_reader SET prev = $1::pg_snapshot, cluster = $2::bigint', [base, here]);
    return { pending: Number(counted[0]?.['pending']) };
  });
}

/** $1 this cluster. 3 is below every snapshot's xmin, so that rows with it count as done. */
const REBASE_ROWS = `
WITH marked AS (
  UPDATE waybill.outbox o
     SET cluster = $1::bigint,
         xid = CASE WHEN o.cluster = $1::bigint OR o.xid >= pg_snapshot_xmax(s.prev) OR o.xid IN (SELECT pg_snapshot_xip(s.prev))
                    THEN pg_current_xact_id() ELSE '3'::xid8 END
    FROM waybill.relay_shard s WHERE s.shard = o.slot / 64
  RETURNING o.xid
)
SELECT count(*) FILTER (WHERE xid <> '3'::xid8) AS pending FROM marked`;
