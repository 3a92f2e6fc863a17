import { Kafka, logLevel } from 'kafkajs';
import { clockMs, type Received } from '../contestants/writer.ts';
import { sequenceOf } from '../world/event.ts';
import type { Place } from '../world/place.ts';
import type { Program } from './program.ts';

/** Notes when each event comes, with stock kafkajs: the same for every contestant. */
export function receiver(place: Place, events: number): Program {
  const at = new Float64Array(events);
  let doubled = 0;
  const consumer = new Kafka({ brokers: [...place.brokers], clientId: place.run, logLevel: logLevel.ERROR }).consumer({
    groupId: `${place.run}-receiver`,
    maxWaitTimeInMs: 100,
  });
  return {
    async go() {
      const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
      await consumer.connect();
      await consumer.subscribe({ topics: [place.topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          const now = clockMs();
          for (const { value } of batch.messages) {
            const sequence = value === null ? -1 : sequenceOf(value);
            if (at[sequence] === 0) at[sequence] = now;
            else doubled += 1;
          }
          return Promise.resolve();
        },
      });
      await joined;
    },
    async stop(): Promise<Received> {
      await consumer.disconnect();
      return { at, doubled };
    },
  };
}
