import { kafkaSubscriber, kafkaTopicReader, type KafkaConnection } from '@waybill/kafka';
import {
  type ConsumerDefinition,
  type Hold,
  type InboxStore,
  type Logger,
  type OperationalFacts,
  type Outbox,
  type ProducerSource,
  type RunningConsumer,
  type SchemaRegistry,
  startConsumer,
} from '@waybill/messaging';

export interface ConsumersOptions {
  readonly definitions: readonly ConsumerDefinition[];
  readonly connection: KafkaConnection;
  readonly store: InboxStore;
  readonly registry: SchemaRegistry;
  readonly outbox: Outbox;
  readonly producers: ProducerSource;
  readonly log: Logger;
  /** Where what happens in their operation is told. */
  readonly facts: OperationalFacts | undefined;
  /** Why a consumer must not begin yet; a person has paused it. */
  readonly heldBy: (definition: ConsumerDefinition) => Hold | undefined;
}

/** A service's consumers, running. */
export interface RunningConsumers {
  readonly all: readonly RunningConsumer[];
  /** Each deals with what is under way, for `deadlineMs` at most, and leaves its group. */
  stop(deadlineMs: number): Promise<void>;
}

/** Milliseconds that leaving a group may take: a join under way waits for members that died, for half a minute. */
const leaveMs = 4_000;

/** Starts all consumers of a service; a handler of one may need an entity of another, which is then asked to bring it. */
export function startConsumers(options: ConsumersOptions): RunningConsumers {
  const { definitions, connection, store, registry, outbox, producers, log, heldBy, facts } = options;
  const subscriber = kafkaSubscriber({ ...connection, stopTimeoutMs: leaveMs });
  const topics = kafkaTopicReader(connection);
  const needed = definitions.some(({ handlers }) => handlers.some((entry) => entry.needs !== undefined));
  const running = new Map<string, RunningConsumer>();
  for (const definition of definitions) {
    const consumer = startConsumer({
      definition,
      store,
      subscriber,
      topics,
      registry,
      outbox,
      producers,
      facts,
      log: log.child({ consumer: definition.name }),
      held: heldBy(definition),
      hasDependents: needed && definition.kind === 'projection',
      wakeDependents: () => {
        for (const each of running.values()) each.wake();
      },
      provide: async (projection, key) => (await running.get(projection)?.provide(key)) ?? false,
    });
    running.set(definition.name, consumer);
  }
  const all = [...running.values()];
  return {
    all,
    async stop(deadlineMs) {
      await Promise.all(all.map((consumer) => consumer.stop(deadlineMs)));
      await subscriber.close();
    },
  };
}
