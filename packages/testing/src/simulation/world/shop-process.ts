import { createOutbox, type ProducerSource, type RunningConsumer, startConsumer, startRelay } from '@waybill/messaging';
import { memoryInbox } from '../../memory/consuming/memory-inbox.ts';
import { MemoryClient } from '../../memory/database/memory-client.ts';
import { memoryPublisher } from '../../memory/log/memory-publisher.ts';
import { memoryRegistry } from '../../memory/log/memory-registry.ts';
import { memorySubscriber } from '../../memory/log/memory-subscriber.ts';
import { memoryTopicReader } from '../../memory/log/memory-topic-reader.ts';
import { memoryOutbox } from '../../memory/publishing/memory-outbox.ts';
import { memoryProducers } from '../../memory/publishing/memory-producers.ts';
import { memoryNotifier, memoryRelayStore } from '../../memory/publishing/memory-relay-store.ts';
import { EPOCH_MS, type SimulatedProcess } from '../kernel/simulated-process.ts';
import { consumersOf } from './consumers.ts';
import { contracts } from './contracts.ts';
import { withDeliveryFaults } from './delivery-faults.ts';
import { fetchedSnapshot, schemaIds } from './domain.ts';
import type { RunningProcess } from './orders-process.ts';
import { mendedInTime } from './undecodable.ts';
import { watchedPublisher } from './watched-publisher.ts';
import { silent, type World } from './world.ts';

/** Starts the consuming service: its consumers, and the relay of what their handlers publish. */
export function startShop(world: World, process: SimulatedProcess, incarnation: number): RunningProcess {
  const { plan, log, shop } = world;
  const client = new MemoryClient(shop, process.wire('shop-db'));
  const relayName = `${process.name}.${incarnation}`;
  const publishes = plan.consumers.includes('shop.ledger');
  const relay = publishes
    ? startRelay({
        store: memoryRelayStore(client),
        publisher: watchedPublisher(memoryPublisher(log, process.wire('log')), {
          world,
          database: shop,
          relayName,
          process,
        }),
        log: silent,
        name: relayName,
        leaseMs: plan.leaseMs,
        batchRows: plan.batchRows,
        clock: process.clock,
      })
    : undefined;
  const notifier = memoryNotifier(client);
  const outbox = createOutbox({
    store: memoryOutbox(shop),
    schemaIds,
    source: '/waybill/shop',
    wake: () => {
      relay?.wake();
      if (publishes) notifier.wake();
    },
    now: () => new Date(process.clock.now()),
    newId: () => world.newEventId(),
  });
  const source = new MemoryClient(world.orders, process.wire('producer'));
  const producer = {
    client: source,
    snapshot: (tx: Parameters<typeof fetchedSnapshot>[0], entity: Parameters<typeof fetchedSnapshot>[1]) =>
      fetchedSnapshot(tx, entity, { id: world.newEventId(), time: new Date(EPOCH_MS + world.now) }),
  };
  const answers = memoryProducers({
    'orders.order': producer,
    'orders.customer': producer,
    'shop.reply': { client },
  });
  const producers: ProducerSource = {
    ...answers,
    async snapshot(entity, signal) {
      const snapshot = await answers.snapshot(entity, signal);
      // What was asked for may be old by the time it is here.
      if (!world.isCalm && world.random.chance(0.5)) await process.clock.sleep(world.random.between(1, 800));
      return snapshot;
    },
  };
  const subscriber = withDeliveryFaults(
    memorySubscriber({ log, wire: process.wire('log'), clock: process.clock, maxBatchRecords: plan.deliveredAtOnce }),
    world,
    process,
  );
  const store = memoryInbox(client);
  const topics = memoryTopicReader(log, process.wire('log'));
  const registry = mendedInTime(memoryRegistry(contracts, process.wire('registry')), world);
  const definitions = consumersOf(world, process);
  const isNeeded = definitions.some(({ handlers }) => handlers.some(({ needs }) => needs !== undefined));
  const running = new Map<string, RunningConsumer>();
  for (const definition of definitions) {
    running.set(
      definition.name,
      startConsumer({
        definition,
        store,
        subscriber,
        topics,
        registry,
        outbox,
        producers,
        log: silent,
        hasDependents: isNeeded && definition.kind === 'projection',
        wakeDependents: () => {
          for (const each of running.values()) each.wake();
        },
        provide: async (projection, key) => (await running.get(projection)?.provide(key)) ?? false,
        clock: process.clock,
      }),
    );
  }
  return {
    process,
    change: () => undefined,
    snapshot: () => undefined,
    async stop() {
      await Promise.all([...running.values()].map((consumer) => consumer.stop(3_000)));
      await subscriber.close();
      await relay?.stop(3_000);
    },
  };
}
