import { setTimeout as delay } from 'node:timers/promises';
import { type EachMessagePayload, Kafka, logLevel } from 'kafkajs';
import type { Program } from '../../process/program.ts';
import { sequenceOf } from '../../world/event.ts';
import type { Place } from '../../world/place.ts';
import type { OutageContestant } from '../contestant.ts';
import { callShop, type ShopAddress } from '../shop-call.ts';

/** Seconds before each further attempt; as many attempts as Waybill makes by default, and then the dead letters. */
const DELAYS_S = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60];
const STEPS_S = [...new Set(DELAYS_S)];
const CONCURRENCY = 6;

/**
 * Retry topics as teams and frameworks write them: an event whose call failed goes to the topic of its next delay, where
 * a consumer of that topic waits until it is due; after the last attempt it goes to the dead letters. Nothing knows of
 * the other events' failures, and an entity's next event does not wait for the one that failed.
 */
export const retryTopics: OutageContestant = {
  name: 'by-hand',
  role: 'rival',
  what: 'retry topics by hand: a failed event goes to the topic of its next delay (1 s doubling to 60 s), 12 attempts, then dead letters; no budget, no breaker, no order',
  consumer: (place) => Promise.resolve(retrying(place)),
};

function retrying(place: Place): Program {
  const kafka = new Kafka({ brokers: [...place.brokers], clientId: place.run, logLevel: logLevel.ERROR });
  const topicOf = (seconds: number): string => `${place.topic}_retry_${seconds}`;
  const deadLetters = `${place.topic}_dead`;
  const ownTopics = [...STEPS_S.map(topicOf), deadLetters];
  const admin = kafka.admin();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  const consumers = [place.topic, ...STEPS_S.map(topicOf)].map((topic) => ({
    topic,
    consumer: kafka.consumer({ groupId: `${place.run}-${topic}`, maxWaitTimeInMs: 100 }),
  }));
  let shop: ShopAddress | undefined;

  const attempt = async ({ message, heartbeat }: EachMessagePayload): Promise<void> => {
    const { key, value, headers = {} } = message;
    for (let rest = Number(headers['due'] ?? 0) - Date.now(); rest > 0; rest -= 1_000) {
      await delay(Math.min(rest, 1_000));
      await heartbeat();
    }
    const call = { sequence: sequenceOf(value ?? Buffer.alloc(0)), idempotencyKey: String(headers['ce_id']) };
    if ((await callShop(shop, call)) === 200) return;
    const failed = Number(headers['failed'] ?? 0);
    const seconds = DELAYS_S[failed];
    const due = { failed: String(failed + 1), due: String(Date.now() + (seconds ?? 0) * 1_000) };
    await producer.send({
      topic: seconds === undefined ? deadLetters : topicOf(seconds),
      messages: [{ key, value, headers: { ...headers, ...due } }],
    });
  };

  return {
    async go(task) {
      shop = task as ShopAddress;
      await Promise.all([admin.connect(), producer.connect(), ...consumers.map(({ consumer }) => consumer.connect())]);
      // It would wait for leaders that this broker says for moments that it does not have.
      await admin.createTopics({
        waitForLeaders: false,
        topics: ownTopics.map((topic) => ({ topic, numPartitions: 1 })),
      });
      await delay(1_000);
      for (const { topic, consumer } of consumers) {
        await consumer.subscribe({ topics: [topic], fromBeginning: true });
        await consumer.run({ partitionsConsumedConcurrently: CONCURRENCY, eachMessage: attempt });
      }
    },
    async stop() {
      await Promise.all(consumers.map(({ consumer }) => consumer.disconnect()));
      await producer.disconnect();
      await admin.deleteTopics({ topics: ownTopics });
      await admin.disconnect();
    },
  };
}
