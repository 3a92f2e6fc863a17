import { type Admin, Kafka, logLevel } from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';
import { PARTITIONS } from './place.ts';

const ATTEMPTS = 50;

/** A stock client, for the bench's own looks at the broker. */
export function plainKafka(brokers: readonly string[], clientId: string): Kafka {
  return new Kafka({ brokers: [...brokers], clientId, logLevel: logLevel.NOTHING });
}

/** The bench's view of the broker: makes topics, and asks how far they are. */
export class Broker {
  readonly #admin: Admin;

  private constructor(admin: Admin) {
    this.#admin = admin;
  }

  static async connect(brokers: readonly string[]): Promise<Broker> {
    const admin = plainKafka(brokers, 'bench-admin').admin();
    await admin.connect();
    return new Broker(admin);
  }

  /** Records get the time at which the broker appended them, so that no contestant's own clock counts. */
  async createTopic(topic: string): Promise<void> {
    await this.#admin.createTopics({
      // It is asked for below, since this client takes a topic that the broker does not know yet for an error.
      waitForLeaders: false,
      topics: [
        {
          topic,
          numPartitions: PARTITIONS,
          replicationFactor: 1,
          configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
        },
      ],
    });
    await this.length(topic);
  }

  async deleteTopic(topic: string): Promise<void> {
    await this.#admin.deleteTopics({ topics: [topic] });
  }

  /** Records in the topic. A broker says for moments that it does not know a topic that was just made: it is asked again. */
  async length(topic: string): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const offsets = await this.#admin.fetchTopicOffsets(topic);
        return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await delay(100);
      }
    }
  }

  async close(): Promise<void> {
    await this.#admin.disconnect();
  }
}
