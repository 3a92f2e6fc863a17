import { randomUUID } from 'node:crypto';
import { testEnvironment } from '@waybill/testing';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTopics, kafkaTopicRanges, TopicRangeReadError, type TopicRangeReader } from '../../src/index.ts';
import { collect, connectionTo } from './kafka-workbench.ts';

const start = Date.now() - 100_000;
let topic: string;
let admin: kafkajs.Admin;
let producer: kafkajs.Producer;
let reader: TopicRangeReader;
beforeAll(async () => {
  const brokers = (await testEnvironment()).kafkaBrokers;
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], clientId: 'test', logLevel: kafkajs.logLevel.NOTHING });
  [admin, producer] = [kafka.admin(), kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })];
  await Promise.all([admin.connect(), producer.connect()]);
  topic = `test.${randomUUID()}`;
  await createTopics({ ...connectionTo(brokers), topics: [{ name: topic, partitions: 3 }] });
  // A hundred records a second apart in each of two partitions; the third stays empty.
  const messages = [0, 1].flatMap((partition) =>
    Array.from({ length: 100 }, (_, at) => ({
      partition,
      value: `${partition}/${at}`,
      timestamp: String(start + at * 1_000),
    })),
  );
  await producer.send({ topic, messages });
  reader = kafkaTopicRanges(connectionTo(brokers));
});
afterAll(async () => Promise.all([admin.disconnect(), producer.disconnect()]));

async function offsetsOf(ranges: Parameters<TopicRangeReader['read']>[1]) {
  const records = await collect(reader.read(topic, ranges));
  return Map.groupBy(records, ({ partition }) => partition);
}

describe('the ranges of a topic', () => {
  it('are all that it holds when nothing restricts them', async () => {
    expect(await reader.rangesOf(topic)).toEqual([
      { partition: 0, from: 0n, to: 100n },
      { partition: 1, from: 0n, to: 100n },
      { partition: 2, from: 0n, to: 0n },
    ]);
  });

  it('begin with the first record of a time, and end before the first behind it', async () => {
    const ranges = await reader.rangesOf(topic, { since: start + 10_000, until: start + 20_500 });
    expect(ranges.filter(({ partition }) => partition < 2)).toEqual([
      { partition: 0, from: 10n, to: 21n },
      { partition: 1, from: 10n, to: 21n },
    ]);
  });

  it('are empty for a time from which nothing came', async () => {
    const ranges = await reader.rangesOf(topic, { since: Date.now() + 60_000 });
    expect(ranges.every(({ from, to }) => from === to)).toBe(true);
  });
});

describe('reading ranges', () => {
  it('gives what they hold and nothing else, in order for each partition', async () => {
    const read = await offsetsOf([
      { partition: 0, from: 90n, to: 100n },
      { partition: 1, from: 5n, to: 8n },
    ]);
    expect(read.get(0)?.map(({ offset }) => offset)).toEqual(Array.from({ length: 10 }, (_, at) => BigInt(90 + at)));
    expect(read.get(1)?.map(({ value }) => String(value))).toEqual(['1/5', '1/6', '1/7']);
  });

  it('is over at once when they are empty', async () => {
    expect(await collect(reader.read(topic, [{ partition: 2, from: 0n, to: 0n }]))).toEqual([]);
  });

  it('may be left early, and leaves no group behind', async () => {
    for await (const record of reader.read(topic, [{ partition: 0, from: 3n, to: 100n }])) {
      expect(record.offset).toBe(3n);
      break;
    }
    const { groups } = await admin.listGroups();
    const left = groups.filter(({ groupId }) => groupId.startsWith('waybill.read.'));
    const members = await admin.describeGroups(left.map(({ groupId }) => groupId));
    expect(
      members.groups.filter(({ members: each }) => each.some(({ clientId }) => clientId === 'waybill.kafka.test')),
    ).toEqual([]);
  });

  it('says which topic it could not read', async () => {
    await expect(reader.rangesOf(`test.${randomUUID()}`)).rejects.toThrow(TopicRangeReadError);
  });
});
