import type { PartitionBounds } from '@waybill/messaging';
import type { Admin } from 'kafkajs';
import type { KafkaClient } from './connection.ts';

/** The partitions of each topic that a member has. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

/** Asks the broker what each partition holds, and what the group committed for it. */
export async function partitionBounds(
  client: KafkaClient,
  group: string,
  assignment: Assignment,
): Promise<PartitionBounds[]> {
  const topics = Object.keys(assignment).filter((topic) => (assignment[topic]?.length ?? 0) > 0);
  if (topics.length === 0) return [];

  const offsetAt = offsetsByTime(client);
  return withAdmin(client, async (admin) => {
    const committedOffsets = await admin.fetchOffsets({ groupId: group, topics });
    const bounds: PartitionBounds[] = [];
    for (const topic of topics) {
      const offsets = await admin.fetchTopicOffsets(topic);
      const committedOfTopic = committedOffsets.find((each) => each.topic === topic)?.partitions ?? [];
      for (const partition of assignment[topic] ?? []) {
        const found = offsets.find((each) => each.partition === partition);
        if (found === undefined) throw new Error(`The broker has no offsets of ${topic}, partition ${partition}.`);
        const committed = BigInt(committedOfTopic.find((each) => each.partition === partition)?.offset ?? -1);
        const high = BigInt(found.high);
        bounds.push({
          topic,
          partition,
          low: BigInt(found.low),
          high,
          committed: committed < 0n ? undefined : committed,
          offsetAt: async (timestampMs) => (await offsetAt(topic, timestampMs)).get(partition) ?? high,
        });
      }
    }
    return bounds;
  });
}

/** One question for all partitions of a topic that are asked about the same time. */
function offsetsByTime(
  client: KafkaClient,
): (topic: string, timestampMs: number) => Promise<ReadonlyMap<number, bigint>> {
  const asked = new Map<string, Promise<ReadonlyMap<number, bigint>>>();
  const ask = (topic: string, timestampMs: number): Promise<ReadonlyMap<number, bigint>> =>
    withAdmin(client, async (admin) => {
      const found = await admin.fetchTopicOffsetsByTimestamp(topic, timestampMs);
      return new Map(
        found.map(({ partition, offset }) => [partition, BigInt(offset)] as const).filter(([, offset]) => offset >= 0n),
      );
    });
  return (topic, timestampMs) => {
    const question = `${topic}@${timestampMs}`;
    const answer = asked.get(question) ?? ask(topic, timestampMs);
    asked.set(question, answer);
    answer.catch(() => asked.delete(question));
    return answer;
  };
}

export async function withAdmin<T>(client: KafkaClient, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = client.kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
