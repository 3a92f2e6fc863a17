import { type Publisher, shardOf, slotOf } from '@waybill/messaging';
import type { MemoryDatabase } from '../../memory/database/memory-database.ts';
import { shardTable } from '../../memory/publishing/tables.ts';
import type { SimulatedProcess } from '../kernel/simulated-process.ts';
import type { World } from './world.ts';

/** A publisher that looks, at the moment in which a relay sends, whether the database says that it may. */
export function watchedPublisher(
  publisher: Publisher,
  {
    world,
    database,
    relayName,
    process,
  }: {
    readonly world: World;
    readonly database: MemoryDatabase;
    readonly relayName: string;
    readonly process: SimulatedProcess;
  },
): Publisher {
  let inFlight = 0;
  return {
    async send(records) {
      if (inFlight > 0) world.violated('I4', `${relayName} sends while its last send is under way`);
      const leases = new Map(database.committedRows(shardTable).map((row) => [row.shard, row]));
      for (const { key } of records) {
        const lease = leases.get(shardOf(slotOf(key)));
        if (lease?.owner === relayName && lease.leaseUntil > world.serverTime) continue;
        world.violated('I6', `${relayName} sends ${key} without a lease on its shard, which ${lease?.owner} has`);
      }
      inFlight += 1;
      try {
        const outcomes = await publisher.send(records);
        if (!world.isCalm && world.plan.sendMs > 0) await process.clock.sleep(world.plan.sendMs);
        return outcomes;
      } finally {
        inFlight -= 1;
      }
    },
    close: async () => publisher.close(),
  };
}
