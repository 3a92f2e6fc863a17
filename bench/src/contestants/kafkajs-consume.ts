import { replaceKafkajsParts } from '@waybill/kafka/kafkajs';
import { Kafka, logLevel } from 'kafkajs';
import type { ConsumeContestant } from './contestant.ts';
import { rateFrom } from './raw-rate.ts';

function consume(name: string, what: string, before: () => void): ConsumeContestant {
  return {
    name,
    role: 'reference',
    what,
    effects: 'none',
    prepare: () => Promise.resolve(),
    consumer(place, records) {
      before();
      const kafka = new Kafka({ brokers: [...place.brokers], clientId: place.run, logLevel: logLevel.ERROR });
      const consumer = kafka.consumer({ groupId: place.run });
      const all = Promise.withResolvers<void>();
      const rate = rateFrom(records);
      return Promise.resolve({
        async go() {
          await consumer.connect();
          await consumer.subscribe({ topics: [place.topic], fromBeginning: true });
          await consumer.run({
            autoCommit: false,
            eachBatch: ({ batch }) => {
              if (rate.seen(batch.messages.length)) all.resolve();
              return Promise.resolve();
            },
          });
          await all.promise;
          return rate.perSecond();
        },
        stop: () => consumer.disconnect(),
      });
    },
  };
}

export const stockConsume = consume(
  'kafkajs',
  'kafkajs as it comes, whole batches; nothing is decoded and nothing done',
  () => undefined,
);

export const tunedConsume = consume(
  'kafkajs-tuned',
  "the same with Waybill's replacements of kafkajs's parts: the limit of the consumer's client",
  replaceKafkajsParts,
);
