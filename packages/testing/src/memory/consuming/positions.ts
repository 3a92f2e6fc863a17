import type { ClaimedPartition, PartitionClaim, PartitionRef } from '@waybill/messaging';
import type { MemoryTransaction } from '../database/memory-transaction.ts';
import { positionTable, rowKey } from './tables.ts';

/** Raises the partitions' epochs; waits for whoever is about to commit under an older one. */
export async function claimPartitions(
  tx: MemoryTransaction,
  consumer: string,
  partitions: readonly PartitionRef[],
): Promise<readonly ClaimedPartition[]> {
  const claimed: ClaimedPartition[] = [];
  for (const { topic, partition } of inOrder(partitions)) {
    const key = rowKey(consumer, topic, partition);
    await tx.lock(positionTable, key);
    const row = tx.read(positionTable, key);
    const epoch = (row?.epoch ?? 0n) + 1n;
    const nextOffset = row?.nextOffset;
    tx.write(positionTable, key, {
      consumer,
      topic,
      partition,
      epoch,
      nextOffset,
      deliveries: row?.deliveries ?? 0,
    });
    claimed.push({ consumer, topic, partition, epoch, nextOffset });
  }
  return claimed;
}

/** Moves a position forward, never back. False when the epoch is no longer the claim's. */
export async function advance(
  tx: MemoryTransaction,
  claim: PartitionClaim,
  nextOffset: bigint,
  deliveries: number,
): Promise<boolean> {
  const key = rowKey(claim.consumer, claim.topic, claim.partition);
  await tx.lock(positionTable, key);
  const row = tx.read(positionTable, key);
  if (row === undefined || row.epoch !== claim.epoch) {
    tx.notes.push(`fenced: ${key} at epoch ${claim.epoch}`);
    return false;
  }
  const at = row.nextOffset === undefined || nextOffset > row.nextOffset ? nextOffset : row.nextOffset;
  tx.write(positionTable, key, { ...row, nextOffset: at, deliveries: row.deliveries + deliveries });
  return true;
}

function inOrder(partitions: readonly PartitionRef[]): readonly PartitionRef[] {
  return partitions.toSorted((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
}
