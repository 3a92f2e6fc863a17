import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { testEnvironment } from '@waybill/testing';
import { expect, it } from 'vitest';
import { createTopics, kafkaTopicReader } from '../../src/index.ts';
import { collect, connectionTo } from './kafka-workbench.ts';

const program = fileURLToPath(new URL('publish-under-wrapped-require.ts', import.meta.url));

it('keeps the headers of its records in a process whose require is wrapped, as telemetry does it', async () => {
  const brokers = (await testEnvironment()).kafkaBrokers;
  const connection = connectionTo(brokers);
  const topic = `test.${randomUUID()}`;
  await createTopics({ ...connection, topics: [{ name: topic, partitions: 1 }] });
  const { stdout } = await promisify(execFile)(process.execPath, [program, topic, brokers.join(',')]);
  const records = await collect(kafkaTopicReader(connection).readToEnd(topic));
  expect(records.map(({ headers }) => headers)).toEqual([{ a: 'b' }, { a: 'b' }]);
  expect(stdout).toBe('as bytes');
});
