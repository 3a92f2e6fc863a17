import { parkedTable, type ParkedRow, rowKey } from '../../memory/consuming/tables.ts';
import { MemoryClient } from '../../memory/database/memory-client.ts';
import { releaseHeld } from '../../memory/publishing/memory-relay-store.ts';
import { heldTable } from '../../memory/publishing/tables.ts';
import { LOST_SCHEMA_CODE } from './undecodable.ts';
import type { World } from './world.ts';

/** Asks the relays to publish what they hold, since the broker takes it by now. */
export function releaseAllHeld(world: World): void {
  for (const database of [world.orders, world.shop]) {
    const client = new MemoryClient(database);
    for (const held of database.committedRows(heldTable)) if (!held.release) void releaseHeld(client, held);
  }
}

/** Has tried again what could not be read, since it can be by now: the statement of the guide. */
export function redriveUndecodable({ shop }: World): void {
  const client = new MemoryClient(shop);
  for (const row of shop.committedRows(parkedTable).filter(isUndecodable)) {
    const key = rowKey(row.consumer, row.eventId, row.version, row.type);
    void client.run('redrive', async (tx) => {
      await tx.lock(parkedTable, key);
      const dead = tx.read(parkedTable, key);
      if (dead === undefined || !isUndecodable(dead)) return;
      const again = { reason: 'retry', dueAt: tx.startedAt, attempts: 0 } as const;
      tx.write(parkedTable, key, { ...dead, ...again, claimedBy: undefined, claimedUntil: undefined });
    });
  }
}

export function isUndecodable({ reason, failure }: ParkedRow): boolean {
  return reason === 'dead' && failure?.code === LOST_SCHEMA_CODE;
}
