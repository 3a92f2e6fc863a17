import { replaceKafkajsParts } from '@waybill/kafka/kafkajs';
import { Kafka, logLevel } from 'kafkajs';
import { messageMaker } from '../world/messages.ts';
import type { RelayContestant } from './contestant.ts';

const BATCH = 1_000;

function produce(name: string, what: string, before: () => void): RelayContestant {
  return {
    name,
    role: 'reference',
    what,
    prepare: () => Promise.resolve(),
    fill: () => Promise.resolve(),
    relay(place, rows) {
      before();
      const messages = messageMaker(place);
      const kafka = new Kafka({ brokers: [...place.brokers], clientId: place.run, logLevel: logLevel.ERROR });
      const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
      return Promise.resolve({
        async go() {
          await producer.connect();
          for (let at = 0; at < rows; at += BATCH) {
            await producer.send({ topic: place.topic, acks: -1, messages: messages(at, Math.min(rows, at + BATCH)) });
          }
        },
        stop: () => producer.disconnect(),
      });
    },
  };
}

export const stockProduce = produce(
  'kafkajs',
  `kafkajs as it comes: records sent ${BATCH} at a time, idempotent, one request in flight; no database`,
  () => undefined,
);

export const tunedProduce = produce(
  'kafkajs-tuned',
  "the same with Waybill's replacements of kafkajs's parts: the limit of the relay's client",
  replaceKafkajsParts,
);
