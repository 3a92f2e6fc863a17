import { MemoryClient } from '../../memory/database/memory-client.ts';
import { releaseHeld } from '../../memory/publishing/memory-relay-store.ts';
import { heldTable } from '../../memory/publishing/tables.ts';
import type { World } from './world.ts';

/** Asks the relays to publish what they hold, since the broker takes it by now. */
export function releaseAllHeld(world: World): void {
  for (const database of [world.orders, world.shop]) {
    const client = new MemoryClient(database);
    for (const held of database.committedRows(heldTable)) if (!held.release) void releaseHeld(client, held);
  }
}
