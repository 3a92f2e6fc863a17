import { Consumer, MessagesStreamModes, Producer } from '@platformatic/kafka';
import { messageMaker } from '../world/messages.ts';
import type { ConsumeContestant, RelayContestant } from './contestant.ts';
import { rateFrom } from './raw-rate.ts';

const BATCH = 1_000;

const textBytes = (text: string | undefined): Buffer | undefined =>
  text === undefined ? undefined : Buffer.from(text);
const asItIs = (bytes: Buffer | undefined): Buffer | undefined => bytes;

/** The other JavaScript client, producing the same records. */
export const platformaticProduce: RelayContestant = {
  name: 'platformatic',
  role: 'reference',
  what: `@platformatic/kafka: records sent ${BATCH} at a time, idempotent, one request in flight; no database`,
  prepare: () => Promise.resolve(),
  fill: () => Promise.resolve(),
  relay(place, rows) {
    const { topic } = place;
    const make = messageMaker(place);
    const messages = (from: number, to: number) =>
      make(from, to).map(({ key, value, headers }) => ({ topic, key, value, headers }));
    const producer = new Producer({
      clientId: place.run,
      bootstrapBrokers: [...place.brokers],
      idempotent: true,
      serializers: { key: textBytes, value: asItIs, headerKey: textBytes, headerValue: textBytes },
      autocreateTopics: false,
    });
    return Promise.resolve({
      async go() {
        for (let at = 0; at < rows; at += BATCH) {
          await producer.send({ messages: messages(at, Math.min(rows, at + BATCH)), acks: -1 });
        }
      },
      stop: () => producer.close(),
    });
  },
};

/** The other JavaScript client, only reading. */
export const platformaticConsume: ConsumeContestant = {
  name: 'platformatic',
  role: 'reference',
  what: '@platformatic/kafka, a stream of messages as Buffers; nothing is decoded and nothing done',
  effects: 'none',
  prepare: () => Promise.resolve(),
  consumer(place, records) {
    const consumer = new Consumer({
      clientId: place.run,
      groupId: place.run,
      bootstrapBrokers: [...place.brokers],
      autocreateTopics: false,
    });
    return Promise.resolve({
      async go() {
        const stream = await consumer.consume({
          topics: [place.topic],
          mode: MessagesStreamModes.EARLIEST,
          autocommit: false,
          maxWaitTime: 100,
        });
        const rate = rateFrom(records);
        for await (const _ of stream) {
          if (rate.seen(1)) break;
        }
        await stream.close();
        return rate.perSecond();
      },
      stop: () => consumer.close(true),
    });
  },
};
