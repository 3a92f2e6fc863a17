import { randomUUID } from 'node:crypto';
import type { LogRecord } from '@waybill/messaging';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { brokerError } from './broker-error.ts';
import { defaultTimeouts, openClient } from './connection.ts';
import type { KafkaClient, KafkaConnection } from './connection.ts';
import { TopicRangeReadError } from './errors.ts';
import { withAdmin } from './partition-bounds.ts';
import { RecordHandover } from './record-handover.ts';
import { logRecord } from './records.ts';

/** Offsets of one partition: from the first to the one before `to`. */
export interface OffsetRange {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** Times as the broker has them for records, milliseconds since 1970. What is left out does not restrict. */
export interface TimeSpan {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** Reads parts of topics, beside any group: nothing is committed, and no consumer notices. */
export interface TopicRangeReader {
  /**
   * What a topic holds of a time, one range for each partition, by the brokers' index of times: from the first record
   * at or after `since` to the first at or after `until`, or to the end as it is now.
   * @throws {TopicRangeReadError} when the brokers cannot be asked.
   */
  rangesOf(topic: string, span?: TimeSpan): Promise<readonly OffsetRange[]>;
  /**
   * The records of the ranges, in offset order for each partition, each once; then it is over. What the log has dropped
   * meanwhile is left out. Leaving the loop early closes the client.
   * @throws {TopicRangeReadError} when the end was not reached.
   */
  read(topic: string, ranges: readonly OffsetRange[]): AsyncGenerator<LogRecord, void, undefined>;
}

/** `patienceMs`: milliseconds without a record after which reading fails; 30,000 when left out. */
type ReadingOptions = KafkaConnection & { readonly patienceMs?: number };

export function kafkaTopicRanges(options: ReadingOptions): TopicRangeReader {
  return {
    async rangesOf(topic, span) {
      try {
        return await rangesOf(options, topic, span);
      } catch (error) {
        throw new TopicRangeReadError(topic, brokerError(error).message, { cause: error });
      }
    },
    async *read(topic, ranges) {
      try {
        yield* readRanges(options, topic, ranges);
      } catch (error) {
        throw new TopicRangeReadError(topic, brokerError(error).message, { cause: error });
      }
    },
  };
}

export async function rangesOf(
  connection: KafkaConnection,
  topic: string,
  { since, until }: TimeSpan = {},
): Promise<readonly OffsetRange[]> {
  const client = openClient(connection);
  try {
    return await withAdmin(client, async (admin) => {
      const held = await admin.fetchTopicOffsets(topic);
      const offsetsAt = async (time: number | undefined): Promise<ReadonlyMap<number, bigint>> => {
        if (time === undefined) return new Map();
        const found = await admin.fetchTopicOffsetsByTimestamp(topic, time);
        return new Map(
          found
            .map(({ partition, offset }) => [partition, BigInt(offset)] as const)
            .filter(([, offset]) => offset >= 0n),
        );
      };
      const [starts, ends] = [await offsetsAt(since), await offsetsAt(until)];
      return held
        .toSorted((a, b) => a.partition - b.partition)
        .map(({ partition, low, high }) => {
          const end = BigInt(high);
          const to = until === undefined ? end : (ends.get(partition) ?? end);
          const from = since === undefined ? BigInt(low) : (starts.get(partition) ?? end);
          return { partition, from: from > to ? to : from, to };
        });
    });
  } finally {
    client.sever();
  }
}

/**
 * kafkajs reads only as a member of a group, so each reading makes one of its own (`waybill.read.<uuid>`), commits
 * nothing, and deletes it.
 */
export async function* readRanges(
  options: ReadingOptions,
  topic: string,
  ranges: readonly OffsetRange[],
): AsyncGenerator<LogRecord, void, undefined> {
  const places = new Map(
    ranges.filter(({ from, to }) => to > from).map((range) => [range.partition, new Place(range)]),
  );
  if (places.size === 0) return;
  const client = openClient(options);
  const group = `waybill.read.${randomUUID()}`;
  const consumer = client.kafka.consumer({
    groupId: group,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 500,
    // A broker that has just started loads its groups for a moment, and refuses to be joined until then.
    retry: { ...defaultTimeouts.retry, restartOnFailure: () => Promise.resolve(true) },
  });
  try {
    const hand = new RecordHandover();
    follow(consumer, topic, places, hand);
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      eachBatch: (payload) => offer(hand, payload, places.get(payload.batch.partition)),
    });
    for await (const record of hand.records(options.patienceMs ?? 30_000)) {
      if (places.get(record.partition)?.takes(record.offset) === true) yield record;
    }
  } finally {
    await leave(client, consumer, group);
  }
}

/** Where reading a partition has got to. */
class Place {
  readonly #to: bigint;
  #next: bigint;

  constructor({ from, to }: OffsetRange) {
    this.#next = from;
    this.#to = to;
  }

  get next(): bigint {
    return this.#next;
  }

  get isOver(): boolean {
    return this.#next >= this.#to;
  }

  /** Whether a record is wanted and was not given before: after a client's restart records come once more. */
  takes(offset: bigint): boolean {
    if (offset < this.#next || offset >= this.#to) return false;
    this.#next = offset + 1n;
    return true;
  }

  /** Goes on behind offsets that hold no records. */
  pass(offset: bigint): void {
    if (offset >= this.#next) this.#next = offset + 1n;
  }
}

/** Has the client begin where each partition stands, whenever it joins, and ends when all of them are read. */
function follow(consumer: Consumer, topic: string, places: ReadonlyMap<number, Place>, hand: RecordHandover): void {
  const { events } = consumer;
  consumer.on(events.GROUP_JOIN, ({ payload }) => {
    for (const partition of payload.memberAssignment[topic] ?? []) {
      const place = places.get(partition);
      if (place === undefined || place.isOver) consumer.pause([{ topic, partitions: [partition] }]);
      else consumer.seek({ topic, partition, offset: place.next.toString() });
    }
  });
  consumer.on(events.CRASH, ({ payload }) => {
    if (!payload.restart) hand.fail(payload.error);
  });
  consumer.on(events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
    const place = places.get(partition);
    if (place === undefined) return;
    place.pass(BigInt(lastOffset));
    if (place.isOver) consumer.pause([{ topic, partitions: [partition] }]);
    if ([...places.values()].every(({ isOver }) => isOver)) hand.end();
  });
}

/** Hands a batch over and waits until it is taken, so that no more than one batch lies in memory. */
async function offer(hand: RecordHandover, { batch, heartbeat }: EachBatchPayload, place: Place | undefined) {
  if (place === undefined || place.isOver) return;
  const records = batch.messages
    .filter(({ offset }) => BigInt(offset) >= place.next)
    .map((message) => logRecord(batch.topic, batch.partition, message));
  const beating = setInterval(() => void heartbeat().catch((error: unknown) => hand.fail(error)), 3_000);
  try {
    await hand.put(records);
  } finally {
    clearInterval(beating);
  }
}

async function leave(client: KafkaClient, consumer: Consumer, group: string): Promise<void> {
  await consumer.disconnect().catch(() => undefined);
  await withAdmin(client, (admin) => admin.deleteGroups([group])).catch(() => undefined);
  client.sever();
}
