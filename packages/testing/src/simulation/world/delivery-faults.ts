import type { RecordBatch, Subscriber, SubscriptionHandler } from '@waybill/messaging';
import type { SimulatedProcess } from '../kernel/simulated-process.ts';
import type { World } from './world.ts';

/** A subscriber whose deliveries come twice at times, or with a record behind those that followed it. */
export function withDeliveryFaults(subscriber: Subscriber, world: World, process: SimulatedProcess): Subscriber {
  return {
    subscribe: async (options, handler) =>
      subscriber.subscribe(options, faulty(handler, options.group, world, process)),
    close: async () => subscriber.close(),
  };
}

function faulty(
  handler: SubscriptionHandler,
  group: string,
  world: World,
  process: SimulatedProcess,
): SubscriptionHandler {
  const { duplicateShare, reorderShare, gapPatienceMs } = world.plan;
  // What is overtaken before a reaction from now on knows its entity is history for it, and rightly so.
  const mayReorder = group !== 'shop.alerts';
  return {
    assigned: async (partitions) => handler.assigned(partitions),
    health: (problem) => handler.health(problem),
    async deliver(batch) {
      const { random } = world;
      // Topics are read at different paces: what came first may be dealt with last.
      if (!world.isCalm && random.chance(0.15)) await process.clock.sleep(random.between(0, gapPatienceMs * 2));
      if (!world.isCalm && mayReorder && batch.records.length > 1 && random.chance(reorderShare)) {
        const { first, late } = overtaken(batch, random.integer(0, batch.records.length - 2));
        await handler.deliver(first);
        await process.clock.sleep(random.between(0, gapPatienceMs * 3));
        await handler.deliver(late);
      } else {
        await handler.deliver(batch);
      }
      if (!world.isCalm && random.chance(duplicateShare)) await handler.deliver(batch);
    },
  };
}

/** A batch without one of its records, and that record after it; the position never passes what is still to come. */
function overtaken(batch: RecordBatch, at: number): { readonly first: RecordBatch; readonly late: RecordBatch } {
  const held = batch.records.slice(at, at + 1);
  const rest = batch.records.filter((_, index) => index !== at);
  const nextOffset = held[0]?.offset ?? batch.nextOffset;
  return { first: { ...batch, records: rest, nextOffset }, late: { ...batch, records: held } };
}
