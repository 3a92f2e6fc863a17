import { Kafka, logLevel, type Producer } from 'kafkajs';
import type { Place } from '../world/place.ts';

/** A record as rivals keep it in JSON. */
export interface StoredRecord {
  readonly key: string;
  /** Base64. */
  readonly value: string;
  readonly headers: Record<string, string>;
}

/** The expression by which a stored record is made in SQL, of event `e` and aggregate `a`; see `plain-outbox.ts`. */
export const storedRecordSql = (headers: string): string =>
  `json_build_object('key', a.id, 'value', translate(encode(a.value, 'base64'), E'\\n', ''), 'headers', ${headers})`;

/** Sends what comes in while a send is under way as the next one, with stock kafkajs: rivals hand over one job at a time. */
export class KafkaBatcher {
  readonly #producer: Producer;
  readonly #topic: string;
  #waiting: { record: StoredRecord; done: PromiseWithResolvers<void> }[] = [];
  #sending = false;

  constructor({ brokers, run, topic }: Place) {
    const kafka = new Kafka({ brokers: [...brokers], clientId: run, logLevel: logLevel.ERROR });
    this.#producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    this.#topic = topic;
  }

  connect(): Promise<void> {
    return this.#producer.connect();
  }

  close(): Promise<void> {
    return this.#producer.disconnect();
  }

  /** Fulfilled once the broker has it. */
  send(record: StoredRecord): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ record, done });
    if (!this.#sending) {
      this.#sending = true;
      // Jobs that are handed over in one turn go in one batch.
      setImmediate(() => void this.#sendAll());
    }
    return done.promise;
  }

  async sendTogether(records: readonly StoredRecord[]): Promise<void> {
    await this.#producer.send({
      topic: this.#topic,
      acks: -1,
      messages: records.map(({ key, value, headers }) => ({ key, value: Buffer.from(value, 'base64'), headers })),
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, 1_000);
      try {
        await this.sendTogether(batch.map(({ record }) => record));
        for (const { done } of batch) done.resolve();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    this.#sending = false;
  }
}
