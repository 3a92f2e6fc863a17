import { randomUUID } from 'node:crypto';
import type { Logger, LogRecord } from '@waybill/messaging';
import type { LogWorkbench } from '@waybill/testing';
import kafkajs from 'kafkajs';
import { createTopics, kafkaPublisher, kafkaSubscriber, kafkaTopicReader } from '../../src/index.ts';
import type { KafkaConnection } from '../../src/index.ts';

export const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silent,
};

export function connectionTo(brokers: readonly string[]): KafkaConnection {
  return { brokers, clientId: 'waybill.kafka.test', log: silent };
}

/** The conformance suites' workbench on a Kafka, with `close` for its own client. */
export async function kafkaWorkbench(brokers: readonly string[]): Promise<LogWorkbench & { close(): Promise<void> }> {
  const connection = connectionTo(brokers);
  const admin = new kafkajs.Kafka({
    brokers: [...brokers],
    clientId: connection.clientId,
    logLevel: kafkajs.logLevel.NOTHING,
  }).admin();
  await admin.connect();

  return {
    makePublisher: () => kafkaPublisher(connection),
    makeSubscriber: () => kafkaSubscriber({ ...connection, maxBatchRecords: 100, sessionTimeoutMs: 10_000 }),
    async createTopic(partitions) {
      const name = `test.${randomUUID()}`;
      await createTopics({ ...connection, topics: [{ name, partitions }] });
      return name;
    },
    readTopic: (topic) => collect(kafkaTopicReader(connection).readToEnd(topic)),
    async committedOffset(group, topic, partition) {
      const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
      const offset = BigInt(found?.partitions.find((each) => each.partition === partition)?.offset ?? -1);
      return offset < 0n ? undefined : offset;
    },
    async commitOffset(group, topic, partition, offset) {
      await admin.setOffsets({ groupId: group, topic, partitions: [{ partition, offset: offset.toString() }] });
    },
    async dropBefore(topic, partition, offset) {
      // kafkajs refuses to delete from a topic that it has not heard of yet.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: offset.toString() }] });
    },
    async memberCount(group) {
      const { groups } = await admin.describeGroups([group]);
      return groups[0]?.members.length ?? 0;
    },
    close: () => admin.disconnect(),
  };
}

export async function collect(records: AsyncIterable<LogRecord>): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
}
