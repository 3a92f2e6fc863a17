import type { Program, ProgramOrder } from '../process/program.ts';
import { closedWriter } from '../process/closed-writer.ts';
import { pacedWriter } from '../process/paced-writer.ts';
import { receiver } from '../process/receiver.ts';
import type {
  ConsumeContestant,
  LatencyContestant,
  OutageContestant,
  RelayContestant,
  RunSettings,
} from './contestant.ts';

/** Each by its name, loaded when asked for, so that a process holds one contestant and nothing of the others. */
export const relays: Readonly<Record<string, () => Promise<RelayContestant>>> = {
  waybill: async () => (await import('./waybill/relay.ts')).waybillRelay,
  'naive-10ms': async () => (await import('./naive-relay.ts')).naive10,
  'naive-100ms': async () => (await import('./naive-relay.ts')).naive100,
  'graphile-worker': async () => (await import('./graphile-worker.ts')).graphileRelay,
  'pg-boss': async () => (await import('./pg-boss.ts')).pgBossRelay,
  'pg-transactional-outbox': async () => (await import('./pg-transactional-outbox.ts')).pgTransactionalOutboxRelay,
  debezium: async () => (await import('./debezium/contestants.ts')).debeziumRelay,
  'kafkajs-tuned': async () => (await import('./kafkajs-produce.ts')).tunedProduce,
  kafkajs: async () => (await import('./kafkajs-produce.ts')).stockProduce,
  platformatic: async () => (await import('./platformatic.ts')).platformaticProduce,
  ProducerPerformance: async () => (await import('./producer-performance.ts')).producerPerformance,
};

export const consumers: Readonly<Record<string, () => Promise<ConsumeContestant>>> = {
  waybill: async () => (await import('./waybill/consumer.ts')).waybillConsumer,
  'waybill-batch': async () => (await import('./waybill/consumer.ts')).waybillBatchConsumer,
  'by-hand-1': async () => (await import('./by-hand/contestants.ts')).perMessage,
  'by-hand-200': async () => (await import('./by-hand/contestants.ts')).perTwoHundred,
  'by-hand-200-set': async () => (await import('./by-hand/contestants.ts')).perTwoHundredSet,
  'kafkajs-tuned': async () => (await import('./kafkajs-consume.ts')).tunedConsume,
  kafkajs: async () => (await import('./kafkajs-consume.ts')).stockConsume,
  platformatic: async () => (await import('./platformatic.ts')).platformaticConsume,
};

export const writers: Readonly<Record<string, () => Promise<LatencyContestant>>> = {
  waybill: async () => (await import('./waybill/writer.ts')).waybillWriter,
  'waybill-apart': async () => (await import('./waybill/writer.ts')).waybillApartWriter,
  direct: async () => (await import('./direct.ts')).directWriter,
  'naive-10ms': async () => (await import('./naive-relay.ts')).naive10Writer,
  'naive-100ms': async () => (await import('./naive-relay.ts')).naive100Writer,
  'graphile-worker': async () => (await import('./graphile-worker.ts')).graphileWriter,
  'pg-boss': async () => (await import('./pg-boss.ts')).pgBossWriter,
  'pg-transactional-outbox': async () => (await import('./pg-transactional-outbox.ts')).pgTransactionalOutboxWriter,
  debezium: async () => (await import('./debezium/contestants.ts')).debeziumWriter,
};

export const enqueuers: Readonly<Record<string, () => Promise<LatencyContestant>>> = {
  waybill: async () => (await import('./enqueuers.ts')).waybillEnqueue,
  'plain-insert': async () => (await import('./enqueuers.ts')).plainInsert,
  'graphile-worker': async () => (await import('./graphile-worker.ts')).graphileWriter,
  'pg-boss': async () => (await import('./pg-boss.ts')).pgBossWriter,
  'pg-transactional-outbox': async () => (await import('./pg-transactional-outbox.ts')).pgTransactionalOutboxWriter,
};

export const hotEnqueuers: Readonly<Record<string, () => Promise<LatencyContestant>>> = {
  waybill: async () => (await import('./enqueuers.ts')).waybillEnqueue,
  'shared-row': async () => (await import('./enqueuers.ts')).sharedRow,
};

export const outageConsumers: Readonly<Record<string, () => Promise<OutageContestant>>> = {
  waybill: async () => (await import('./waybill/outage-consumer.ts')).waybillOutage,
  'waybill-undeclared': async () => (await import('./waybill/outage-consumer.ts')).undeclaredOutage,
  'by-hand': async () => (await import('./by-hand/retry-topics.ts')).retryTopics,
};

/** All names that a table has. */
export function contestantNames(): readonly string[] {
  return [
    ...new Set(
      [relays, consumers, writers, enqueuers, hotEnqueuers, outageConsumers].flatMap((table) => Object.keys(table)),
    ),
  ];
}

/** Makes the program of an order. @throws Error when there is no contestant of that name. */
export async function loadProgram({ kind, name, settings }: ProgramOrder): Promise<Program> {
  const { place, events } = settings as RunSettings;
  switch (kind) {
    case 'relay':
      return (await loaded(relays, name)).relay(place, events);
    case 'consumer':
      return (await loaded(consumers, name)).consumer(place, events);
    case 'writer':
      return pacedWriter(await (await loaded(writers, name)).writer(place));
    case 'enqueuer':
      return closedWriter(await (await loaded(enqueuers, name)).writer(place));
    case 'hot-enqueuer':
      return closedWriter(await (await loaded(hotEnqueuers, name)).writer(place));
    case 'unattended-writer':
      return pacedWriter((await import('./waybill/writer.ts')).unattended(place));
    case 'watched-consumer':
      return (await import('./waybill/consumer.ts')).watchedConsumer(place, events);
    case 'poisoned-consumer':
      return (await import('./waybill/poisoned-consumer.ts')).poisonedConsumer(place, events);
    case 'outage-consumer':
      return (await loaded(outageConsumers, name)).consumer(place);
    case 'service':
      return (await import('./waybill/service.ts')).restingService(place);
    case 'receiver':
      return receiver(place, events);
    default:
      throw new Error(`There is no kind of program ${kind}.`);
  }
}

async function loaded<T>(table: Readonly<Record<string, () => Promise<T>>>, name: string): Promise<T> {
  const load = table[name];
  if (load === undefined)
    throw new Error(`There is no contestant ${name}; there are ${Object.keys(table).join(', ')}.`);
  return load();
}
