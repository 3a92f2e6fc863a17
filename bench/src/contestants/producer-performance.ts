import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type JavaProgram, kafkaTools } from '@waybill/infra/java';
import { VALUE_BYTES } from '../world/event.ts';
import type { RelayContestant } from './contestant.ts';

const run = promisify(execFile);

/** What the broker takes from its own tool: the end of the scale. */
export const producerPerformance: RelayContestant = {
  name: 'ProducerPerformance',
  role: 'reference',
  what: "the broker's own tool in Java: acks all, linger 5 ms, batches of 128 KiB; values of the same size, no keys and no headers, which it cannot send; its JVM starts cold",
  records: 'without keys and headers',
  unavailable: async () => {
    try {
      await program();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  },
  prepare: () => Promise.resolve(),
  fill: () => Promise.resolve(),
  async relay(place, rows) {
    const { java, classPath } = await program();
    return {
      async go() {
        const properties = [
          `bootstrap.servers=${place.brokers.join(',')}`,
          ...['acks=all', 'linger.ms=5', 'batch.size=131072'],
        ];
        await run(java, [
          ...['-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', classPath],
          'org.apache.kafka.tools.ProducerPerformance',
          ...['--topic', place.topic, '--num-records', String(rows), '--record-size', String(VALUE_BYTES)],
          ...['--throughput', '-1', '--producer-props', ...properties],
        ]);
      },
      stop: () => Promise.resolve(),
    };
  },
};

function program(): Promise<JavaProgram> {
  return kafkaTools(() => undefined);
}
