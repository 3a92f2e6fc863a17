import type { ClaimedPartition, PartitionClaim, PartitionRef, Queryable } from '@waybill/messaging';

/** Raises the partitions' epochs, so that whoever held them before commits nothing more. */
export async function claimPartitions(
  db: Queryable,
  consumer: string,
  partitions: readonly PartitionRef[],
): Promise<readonly ClaimedPartition[]> {
  if (partitions.length === 0) return [];
  const { rows } = await db.query(
    `INSERT INTO waybill.consumer_position AS p (consumer, topic, partition)
     SELECT $1, k.* FROM unnest($2::text[], $3::int[]) AS k ORDER BY 2, 3
     ON CONFLICT (consumer, topic, partition) DO UPDATE SET epoch = p.epoch + 1, updated_at = now()
     RETURNING topic, partition, epoch, next_offset`,
    [consumer, partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
  );
  return rows.map((row) => ({
    consumer,
    topic: String(row['topic']),
    partition: Number(row['partition']),
    epoch: BigInt(String(row['epoch'])),
    nextOffset: typeof row['next_offset'] === 'string' ? BigInt(row['next_offset']) : undefined,
  }));
}

/** Moves a position forward, never back. False when the epoch is no longer the claim's. */
export async function advance(
  tx: Queryable,
  claim: PartitionClaim,
  nextOffset: bigint,
  deliveries: number,
): Promise<boolean> {
  const { rows } = await tx.query(
    `UPDATE waybill.consumer_position
        SET next_offset = greatest(next_offset, $5), deliveries = deliveries + $6, updated_at = now()
      WHERE consumer = $1 AND topic = $2 AND partition = $3 AND epoch = $4 RETURNING epoch`,
    [claim.consumer, claim.topic, claim.partition, claim.epoch, nextOffset, deliveries],
  );
  return rows.length > 0;
}
