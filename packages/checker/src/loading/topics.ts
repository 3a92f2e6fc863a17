import { randomUUID } from 'node:crypto';
import { Admin, Consumer, ListOffsetTimestamps, MessagesStreamModes } from '@platformatic/kafka';
import type { TopicRecord } from '../evidence.ts';
import type { DecodeBody } from './bodies.ts';
import { topicRecord } from './topic-record.ts';

/** Milliseconds within which all topics must have been read to their ends. */
const deadlineMs = 120_000;

/**
 * Reads topics from the start of each partition to where it ended when reading began, by topic, partition and offset.
 * @throws {Error} when the ends are not reached in time.
 */
export async function readTopics(
  brokers: readonly string[],
  topics: readonly string[],
  decode: DecodeBody,
): Promise<readonly TopicRecord[]> {
  const connection = { clientId: 'waybill-checker', bootstrapBrokers: [...brokers] };
  const groupId = `waybill-checker.${randomUUID()}`;
  const consumer = new Consumer({ ...connection, groupId, autocreateTopics: false });
  try {
    const ends = await consumer.listOffsets({ topics: [...topics], timestamp: ListOffsetTimestamps.LATEST });
    const starts = await consumer.listOffsets({ topics: [...topics], timestamp: ListOffsetTimestamps.EARLIEST });
    const unread = new Map<string, bigint>();
    for (const [topic, offsets] of ends) {
      for (const [partition, end] of offsets.entries()) {
        if (end > (starts.get(topic)?.[partition] ?? 0n)) unread.set(`${topic} ${partition}`, end);
      }
    }
    const records: TopicRecord[] = [];
    if (unread.size === 0) return records;
    const stream = await consumer.consume({
      topics: [...topics],
      mode: MessagesStreamModes.EARLIEST,
      autocommit: false,
      maxWaitTime: 200,
      sessionTimeout: 30_000,
    });
    const late = setTimeout(
      () => stream.destroy(new Error(`the topics were not read within ${deadlineMs} ms`)),
      deadlineMs,
    );
    try {
      for await (const message of stream) {
        const place = `${message.topic} ${message.partition}`;
        const end = unread.get(place);
        if (end === undefined) continue;
        if (message.offset < end) records.push(await topicRecord(message, decode));
        if (message.offset >= end - 1n) unread.delete(place);
        if (unread.size === 0) break;
      }
    } finally {
      clearTimeout(late);
      await stream.close();
    }
    return records.sort(byPlace);
  } finally {
    await consumer.close(true);
    await forgetGroup(connection, groupId);
  }
}

/** Where each partition of the topics ends now, by `topic/partition`. */
export async function topicEnds(
  brokers: readonly string[],
  topics: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const groupId = `waybill-checker.${randomUUID()}`;
  const consumer = new Consumer({ clientId: 'waybill-checker', bootstrapBrokers: [...brokers], groupId });
  try {
    const ends = await consumer.listOffsets({ topics: [...topics], timestamp: ListOffsetTimestamps.LATEST });
    return new Map(
      [...ends].flatMap(([topic, offsets]) =>
        offsets.map((end, partition): [string, bigint] => [`${topic}/${partition}`, end]),
      ),
    );
  } finally {
    await consumer.close(true);
  }
}

function byPlace(a: TopicRecord, b: TopicRecord): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  if (a.partition !== b.partition) return a.partition - b.partition;
  return a.offset < b.offset ? -1 : 1;
}

async function forgetGroup(
  connection: { clientId: string; bootstrapBrokers: string[] },
  groupId: string,
): Promise<void> {
  const admin = new Admin(connection);
  try {
    await admin.deleteGroups({ groups: [groupId] });
  } catch {
    // A group that stays behind costs a line in a listing, and expires.
  } finally {
    await admin.close();
  }
}
