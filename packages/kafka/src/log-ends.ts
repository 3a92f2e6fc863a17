import type { Admin } from 'kafkajs';
import { brokerError } from './broker-error.ts';
import { type KafkaClient, type KafkaConnection, openClient } from './connection.ts';
import { TopicRangeReadError } from './errors.ts';

/** Where the log of a partition begins and ends. */
export interface PartitionEnds {
  readonly topic: string;
  readonly partition: number;
  /** The lowest offset that the log still has. */
  readonly low: bigint;
  /** The offset that the next record will get. */
  readonly high: bigint;
}

/** Asks the brokers, again and again, where logs end. It keeps one connection, and makes another one after an error. */
export interface LogEnds {
  /** @throws {TopicRangeReadError} when the brokers cannot be asked, or do not know the topic. */
  of(topic: string): Promise<readonly PartitionEnds[]>;
  close(): Promise<void>;
}

interface OpenAdmin {
  readonly client: KafkaClient;
  readonly admin: Promise<Admin>;
  connected?: Admin;
}

export function kafkaLogEnds(connection: KafkaConnection): LogEnds {
  let open: OpenAdmin | undefined;

  const opened = () => {
    if (open !== undefined) return open;
    const client = openClient(connection);
    const admin = client.kafka.admin();
    const opening: OpenAdmin = {
      client,
      admin: admin.connect().then(() => {
        opening.connected = admin;
        return admin;
      }),
    };
    open = opening;
    return opening;
  };
  const drop = (client: KafkaClient) => {
    if (open?.client === client) open = undefined;
    client.sever();
  };

  return {
    async of(topic) {
      const { client, admin } = opened();
      try {
        const offsets = await (await admin).fetchTopicOffsets(topic);
        return offsets.map(({ partition, low, high }) => ({ topic, partition, low: BigInt(low), high: BigInt(high) }));
      } catch (error) {
        drop(client);
        throw new TopicRangeReadError(topic, brokerError(error).message, { cause: error });
      }
    },
    async close() {
      if (open === undefined) return;
      const { client, connected } = open;
      // One that is still trying to connect is not waited for.
      await connected?.disconnect().catch(() => undefined);
      drop(client);
    },
  };
}
