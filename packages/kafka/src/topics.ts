import { WaybillError } from '@waybill/messaging';
import kafkajs from 'kafkajs';
import { pauseFor } from './backoff.ts';
import { brokerError } from './broker-error.ts';
import { defaultTimeouts, openClient } from './connection.ts';
import type { KafkaConnection } from './connection.ts';
import { withAdmin } from './partition-bounds.ts';

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** Broker settings of the topic: `{ 'cleanup.policy': 'compact' }`. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface CreateTopicsOptions extends KafkaConnection {
  readonly topics: readonly TopicSpec[];
  /** Copies of each partition; -1, the broker's own default, when left out. */
  readonly replicationFactor?: number;
}

export interface CreatedTopics {
  readonly created: readonly string[];
  /** Topics that were there already; they are left as they are. */
  readonly existing: readonly string[];
  /** Existing topics with another number of partitions, which decides where the events of an entity lie. */
  readonly differing: readonly { readonly name: string; readonly partitions: number; readonly wanted: number }[];
}

/** The broker refused to create topics. */
export class TopicCreationError extends WaybillError {
  constructor(topics: readonly string[], cause: unknown) {
    const { code, message } = brokerError(cause);
    super(
      'log.topic-creation',
      `The topics ${topics.join(', ')} could not be created (${code}: ${message}). Check their settings and this client's right to create topics.`,
      { cause },
    );
  }
}

/**
 * Creates the topics that are not there. Running it twice, or in ten processes at once, is harmless.
 * @throws {TopicCreationError} when the broker refuses.
 */
export async function createTopics(options: CreateTopicsOptions): Promise<CreatedTopics> {
  const client = openClient(options, { ...defaultTimeouts, retry: { ...defaultTimeouts.retry, retries: 6 } });
  try {
    return await withAdmin(client, async (admin) => {
      const before = new Set(await admin.listTopics());
      const missing = options.topics.filter(({ name }) => !before.has(name));
      const names = missing.map(({ name }) => name);
      if (missing.length > 0) {
        try {
          const request = {
            waitForLeaders: true,
            topics: missing.map(({ name, partitions, config }) => ({
              topic: name,
              numPartitions: partitions,
              replicationFactor: options.replicationFactor ?? -1,
              configEntries: Object.entries(config ?? {}).map(([key, value]) => ({ name: key, value })),
            })),
          };
          await onceKnown(() => admin.createTopics(request));
        } catch (error) {
          if (!onlyAlreadyExist(error)) throw new TopicCreationError(names, error);
        }
      }
      const asked = { topics: options.topics.map(({ name }) => name) };
      const { topics } = await onceKnown(() => admin.fetchTopicMetadata(asked));
      const differing = options.topics.flatMap(({ name, partitions: wanted }) => {
        const partitions = topics.find((each) => each.name === name)?.partitions.length ?? 0;
        return partitions === wanted ? [] : [{ name, partitions, wanted }];
      });
      return {
        created: names,
        existing: options.topics.map(({ name }) => name).filter((name) => before.has(name)),
        differing,
      };
    });
  } finally {
    client.sever();
  }
}

/** Which of the topics are not there. */
export async function missingTopics(
  connection: KafkaConnection,
  topics: readonly string[],
): Promise<readonly string[]> {
  const client = openClient(connection);
  try {
    const present = new Set(await withAdmin(client, (admin) => admin.listTopics()));
    return topics.filter((topic) => !present.has(topic));
  } finally {
    client.sever();
  }
}

export async function topicsExist(connection: KafkaConnection, topics: readonly string[]): Promise<boolean> {
  return (await missingTopics(connection, topics)).length === 0;
}

const KNOWN_WITHIN_MS = 10_000;

/** Repeats what fails because a topic was just made, and the broker that is asked has not heard of it yet. */
async function onceKnown<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + KNOWN_WITHIN_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (brokerError(error).code !== 'UNKNOWN_TOPIC_OR_PARTITION' || performance.now() > deadline) throw error;
      await pauseFor(100, new AbortController().signal);
    }
  }
}

/** Another process was faster with some of them, and no other fault was found. */
function onlyAlreadyExist(error: unknown): boolean {
  if (error instanceof kafkajs.KafkaJSAggregateError)
    return error.errors.every((each) => brokerError(each).code === 'TOPIC_ALREADY_EXISTS');
  return brokerError(error).code === 'TOPIC_ALREADY_EXISTS';
}
