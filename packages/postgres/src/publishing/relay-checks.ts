import { ClusterChangedError, type Queryable, SequenceCacheError, StandbyError } from '@waybill/messaging';

/**
 * What would lose events in silence, looked for at each connect.
 * @throws {StandbyError} {SequenceCacheError} {ClusterChangedError}
 */
export async function requireFitDatabase(db: Queryable): Promise<void> {
  const { rows } = await db.query(FITNESS);
  const found = rows[0];
  if (found?.['standby'] === true) throw new StandbyError();
  const cache = Number(found?.['cache']);
  if (cache !== 1) throw new SequenceCacheError(cache);
  if (found?.['foreign_cursor'] === true)
    throw new ClusterChangedError('Saved cursors belong to another database cluster');
  if (found?.['future_row'] === true)
    throw new ClusterChangedError('The outbox has rows with transaction ids that this cluster has not reached');
}

/** A visible row is always below its own snapshot's xmax, unless another cluster's counter made its id. */
const FITNESS = `
SELECT pg_is_in_recovery() AS standby,
       (SELECT seqcache FROM pg_sequence WHERE seqrelid = 'waybill.outbox_position'::regclass)::int AS cache,
       EXISTS (SELECT FROM waybill.relay_shard s, (SELECT waybill.cluster_id() AS id) here
                WHERE here.id <> 0 AND s.cluster <> 0 AND s.cluster <> here.id) AS foreign_cursor,
       EXISTS (SELECT FROM (SELECT o.xid FROM waybill.outbox o ORDER BY o.xid DESC LIMIT 1) top
                WHERE top.xid >= pg_snapshot_xmax(pg_current_snapshot())) AS future_row`;
