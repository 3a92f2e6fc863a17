import { testEnvironment, uniqueName } from '@waybill/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTopics, kafkaPublisher, kafkaTopicReader, missingTopics, topicsExist } from '../../src/index.ts';
import type { KafkaConnection } from '../../src/index.ts';
import { TopicCreationError } from '../../src/topics.ts';
import { collect, connectionTo, kafkaWorkbench } from './kafka-workbench.ts';

let connection: KafkaConnection;
let workbench: Awaited<ReturnType<typeof kafkaWorkbench>>;
beforeAll(async () => {
  const { kafkaBrokers } = await testEnvironment();
  connection = connectionTo(kafkaBrokers);
  workbench = await kafkaWorkbench(kafkaBrokers);
});
afterAll(() => workbench.close());

describe('topics', () => {
  it('are created once, and left alone after that', async () => {
    const name = uniqueName('orders.order');
    const topics = [{ name, partitions: 3, config: { 'cleanup.policy': 'compact' } }];
    expect(await topicsExist(connection, [name])).toBe(false);
    expect(await createTopics({ ...connection, topics })).toEqual({ created: [name], existing: [], differing: [] });
    expect(await createTopics({ ...connection, topics })).toEqual({ created: [], existing: [name], differing: [] });
    expect(await topicsExist(connection, [name])).toBe(true);
  });

  it('may be created by ten processes at once', async () => {
    const topics = [
      { name: uniqueName('a'), partitions: 1 },
      { name: uniqueName('b'), partitions: 2 },
    ];
    await Promise.all(Array.from({ length: 10 }, () => createTopics({ ...connection, topics })));
    expect(
      await missingTopics(
        connection,
        topics.map(({ name }) => name),
      ),
    ).toEqual([]);
  });

  it('report another number of partitions than was wanted', async () => {
    const name = uniqueName('orders.order');
    await createTopics({ ...connection, topics: [{ name, partitions: 3 }] });
    const { differing } = await createTopics({ ...connection, topics: [{ name, partitions: 6 }] });
    expect(differing).toEqual([{ name, partitions: 3, wanted: 6 }]);
  });

  it('say what the broker does not like', async () => {
    const topics = [{ name: uniqueName('odd'), partitions: 1, config: { 'cleanup.policy': 'never' } }];
    await expect(createTopics({ ...connection, topics })).rejects.toThrow(TopicCreationError);
  });
});

describe('reading a topic to its end', () => {
  it('gives every record of every partition once, and ends', async () => {
    const topic = await workbench.createTopic(3);
    await publish(
      topic,
      Array.from({ length: 1_500 }, (_, index) => String(index)),
    );
    const records = await collect(kafkaTopicReader(connection).readToEnd(topic));
    expect(new Set(records.map(({ key }) => key)).size).toBe(1_500);
    expect(records).toHaveLength(1_500);
  });

  it('ends at once when there is nothing', async () => {
    expect(await collect(kafkaTopicReader(connection).readToEnd(await workbench.createTopic(2)))).toEqual([]);
  });

  it('may be left early', async () => {
    const topic = await workbench.createTopic(1);
    await publish(topic, ['1', '2', '3']);
    const seen: (string | null)[] = [];
    for await (const { key } of kafkaTopicReader(connection).readToEnd(topic)) {
      seen.push(key);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(['1', '2']);
  });

  it('fails for a topic that is not there', async () => {
    await expect(collect(kafkaTopicReader(connection).readToEnd(uniqueName('unknown')))).rejects.toThrow(
      /Read it again/,
    );
  });
});

async function publish(topic: string, keys: readonly string[]): Promise<void> {
  const publisher = kafkaPublisher(connection);
  await publisher.send(keys.map((key) => ({ topic, key, value: Buffer.from(key), headers: {} })));
  await publisher.close();
}
