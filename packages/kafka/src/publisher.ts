import type { OutgoingRecord, Publisher, SendOutcome } from '@waybill/messaging';
import { defaultTimeouts } from './connection.ts';
import type { KafkaConnection } from './connection.ts';
import { TopicLane } from './topic-lane.ts';

export interface KafkaPublisherOptions extends KafkaConnection {
  /** Milliseconds after which what has no answer is `unavailable`; 10,000 when left out. */
  readonly sendTimeoutMs?: number;
  /**
   * Bytes of one partition's records in one request; 900,000 when left out, which suits a broker's default
   * `max.message.bytes` of 1,048,588.
   */
  readonly maxBatchBytes?: number;
}

/**
 * Publishes to Kafka: idempotent, acknowledged by all in-sync replicas, partitioned by Java's murmur2 of the key, one
 * request in flight per partition. It connects when first used and again after any failure; it keeps no queue.
 *
 * A record that is sent again after an ambiguous failure may be in the log twice; it is never there before an earlier
 * one of its partition. A record behind a rejected one with the same key is `unavailable` (`BEHIND_REJECTED`), and the
 * ones behind an unavailable one of their partition are unavailable too.
 */
export function kafkaPublisher(options: KafkaPublisherOptions): Publisher {
  const sendTimeoutMs = options.sendTimeoutMs ?? 10_000;
  const maxBatchBytes = options.maxBatchBytes ?? 900_000;
  const timeouts = { ...defaultTimeouts, requestTimeoutMs: Math.min(defaultTimeouts.requestTimeoutMs, sendTimeoutMs) };
  const lanes = new Map<string, TopicLane>();
  let closed = false;

  const laneOf = (topic: string): TopicLane => {
    const lane = lanes.get(topic) ?? new TopicLane({ connection: options, topic, maxBatchBytes, timeouts });
    lanes.set(topic, lane);
    return lane;
  };

  return {
    async send(records) {
      if (closed)
        return records.map(() => ({ status: 'unavailable', code: 'CLOSED', message: 'The publisher was closed.' }));
      const deadline = Date.now() + sendTimeoutMs;
      const [first] = records;
      if (first === undefined) return [];
      if (records.every(({ topic }) => topic === first.topic)) return laneOf(first.topic).send(records, deadline);

      const outcomes: SendOutcome[] = [];
      const byTopic = Map.groupBy(
        records.map((record, index) => ({ index, record })),
        ({ record }) => record.topic,
      );
      await Promise.all(
        [...byTopic].map(async ([topic, entries]) => {
          const answers = await laneOf(topic).send(
            entries.map(({ record }) => record),
            deadline,
          );
          for (const [at, { index }] of entries.entries()) outcomes[index] = answers[at] ?? noAnswer;
        }),
      );
      return records.map((_: OutgoingRecord, index) => outcomes[index] ?? noAnswer);
    },
    async close() {
      closed = true;
      await Promise.all([...lanes.values()].map((lane) => lane.close()));
      lanes.clear();
    },
  };
}

const noAnswer: SendOutcome = { status: 'unavailable', code: 'UNKNOWN', message: 'No answer for this record.' };
