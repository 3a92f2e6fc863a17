import { consumer, createOutbox, type Logger, on, startConsumer } from '@waybill/messaging';
import { expect, it } from 'vitest';
import {
  MemoryClient,
  MemoryDatabase,
  memoryInbox,
  MemoryLog,
  memoryOutbox,
  memoryProducers,
  memoryRegistry,
  memorySchemaIds,
  memorySubscriber,
  memoryTopicReader,
} from '../../../src/memory/index.ts';
import { orderChanged } from '../../../src/simulation/world/contracts.ts';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

it('a consumer that is stopped while it is still joining leaves its group and ends', async () => {
  const database = new MemoryDatabase();
  const log = new MemoryLog();
  log.createTopic(orderChanged.topic, 1);
  const contracts = [orderChanged];
  const subscriber = memorySubscriber({ log });
  const joining = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const running = startConsumer({
    definition: consumer({ name: 'shop.orders', kind: 'projection', handlers: [on(orderChanged, () => undefined)] }),
    store: memoryInbox(new MemoryClient(database)),
    subscriber: {
      async subscribe(options, handler) {
        started.resolve();
        await joining.promise;
        return subscriber.subscribe(options, handler);
      },
      close: async () => subscriber.close(),
    },
    topics: memoryTopicReader(log),
    registry: memoryRegistry(contracts),
    outbox: createOutbox({
      store: memoryOutbox(database),
      schemaIds: memorySchemaIds(contracts),
      source: '/waybill/shop',
      wake: () => undefined,
    }),
    producers: memoryProducers({}),
    log: silent,
    hasDependents: false,
    wakeDependents: () => undefined,
    provide: async () => false,
  });
  await started.promise;
  const stopped = running.stop();
  joining.resolve();
  await stopped;
  expect(running.status().state).toBe('stopped');
  expect(log.group('shop.orders').memberIds).toEqual([]);
});
