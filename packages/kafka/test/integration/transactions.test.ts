import { randomUUID } from 'node:crypto';
import { type LogRecord, type RecordBatch } from '@waybill/messaging';
import { eventually, testEnvironment } from '@waybill/testing';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTopics, kafkaSubscriber } from '../../src/index.ts';
import { connectionTo } from './kafka-workbench.ts';

let brokers: readonly string[];
let kafka: kafkajs.Kafka;
let producer: kafkajs.Producer;
beforeAll(async () => {
  brokers = (await testEnvironment()).kafkaBrokers;
  kafka = new kafkajs.Kafka({ brokers: [...brokers], clientId: 'test', logLevel: kafkajs.logLevel.NOTHING });
  producer = kafka.producer({ transactionalId: randomUUID(), idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
});
afterAll(async () => producer.disconnect());

async function write(topic: string, values: readonly string[], end: 'commit' | 'abort'): Promise<void> {
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: values.map((value) => ({ key: 'k', value })) });
  await transaction[end]();
}

describe('a topic that is written by transactions', () => {
  it('gives what was committed, in order, and goes on behind what only holds markers', async () => {
    const connection = connectionTo(brokers);
    const topic = `test.${randomUUID()}`;
    await createTopics({ ...connection, topics: [{ name: topic, partitions: 1 }] });
    const batches: RecordBatch[] = [];
    const subscription = await kafkaSubscriber(connection).subscribe(
      { group: topic, topics: [topic] },
      {
        assigned: async (partitions) =>
          partitions.map(({ topic: name, partition, low }) => ({ topic: name, partition, start: low })),
        deliver: async (batch) => void batches.push(batch),
        health: () => undefined,
      },
    );
    const values = () => batches.flatMap(({ records }) => records.map(textOf));
    const given = async (...expected: string[]) => {
      await eventually(() => values().length >= expected.length, { what: `${expected.length} records` });
      expect(values()).toEqual(expected);
    };
    try {
      // Each in turn, so that markers and what was given up come in fetches of their own.
      await write(topic, ['gone 1'], 'abort');
      await write(topic, ['a'], 'commit');
      await given('a');
      await write(topic, ['gone 2', 'gone 3'], 'abort');
      await write(topic, ['gone 4'], 'abort');
      await write(topic, ['b', 'c'], 'commit');
      await given('a', 'b', 'c');
      await write(topic, ['d'], 'commit');
      await given('a', 'b', 'c', 'd');
    } finally {
      await subscription.stop();
    }
  });
});

function textOf({ value }: LogRecord): string {
  return value === null ? '' : Buffer.from(value).toString('utf8');
}
