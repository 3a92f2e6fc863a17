import type { HeldKey, RelayStore } from '@waybill/messaging';
import type { MemoryClient } from '../database/memory-client.ts';
import { heldKey, MemoryRelaySession } from './memory-relay-session.ts';
import { heldTable } from './tables.ts';

/** The outbox of an in-memory database, for the relay. */
export function memoryRelayStore({ database, wire }: Pick<MemoryClient, 'database' | 'wire'>): RelayStore {
  return { connect: (events) => MemoryRelaySession.open(database, wire, events) };
}

/** Tells relays in other processes that something was committed. */
export function memoryNotifier({ database, wire }: Pick<MemoryClient, 'database' | 'wire'>): { wake(): void } {
  return {
    wake() {
      wire.call('notify', () => database.notify('outbox')).catch(() => undefined);
    },
  };
}

/** Asks the relay that has the aggregate's shard to publish it from the held version on. False when it is not held. */
export async function releaseHeld(client: MemoryClient, key: HeldKey): Promise<boolean> {
  return client.run('release held', async (tx) => {
    await tx.lock(heldTable, heldKey(key));
    const held = tx.read(heldTable, heldKey(key));
    if (held === undefined) return false;
    tx.write(heldTable, heldKey(key), { ...held, release: true });
    client.database.notify('release');
    return true;
  });
}
