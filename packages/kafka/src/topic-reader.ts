import { randomUUID } from 'node:crypto';
import type { LogRecord, TopicReader } from '@waybill/messaging';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { brokerError } from './broker-error.ts';
import { defaultTimeouts, openClient } from './connection.ts';
import type { KafkaClient, KafkaConnection } from './connection.ts';
import { TopicReadError } from './errors.ts';
import { withAdmin } from './partition-bounds.ts';
import { logRecord } from './records.ts';

export interface KafkaTopicReaderOptions extends KafkaConnection {
  /** Milliseconds without a record after which reading fails; 30,000 when left out. */
  readonly patienceMs?: number;
}

/**
 * Reads whole topics, from the lowest offset to the end as it was when reading began. kafkajs reads only as a member of
 * a group, so each reading makes one of its own (`waybill.read-to-end.<uuid>`), commits nothing, and deletes it.
 */
export function kafkaTopicReader(options: KafkaTopicReaderOptions): TopicReader {
  return { readToEnd: (topic) => readToEnd(options, topic) };
}

async function* readToEnd(options: KafkaTopicReaderOptions, topic: string): AsyncGenerator<LogRecord, void, undefined> {
  const client = openClient(options);
  const group = `waybill.read-to-end.${randomUUID()}`;
  let consumer: Consumer | undefined;
  try {
    const bounds = await boundsOf(client, topic);
    const remaining = new Map(
      bounds.filter(({ low, high }) => high > low).map(({ partition, high }) => [partition, high]),
    );
    if (remaining.size === 0) return;

    const hand = new Handover();
    consumer = client.kafka.consumer({
      groupId: group,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: 500,
      // A broker that has just started loads its groups for a moment, and refuses to be joined until then. Once records
      // came, beginning again would give them twice.
      retry: { ...defaultTimeouts.retry, restartOnFailure: () => Promise.resolve(!hand.hasBegun) },
    });
    const { events } = consumer;
    const arrive = (partition: number, lastOffset: string): void => {
      const high = remaining.get(partition);
      if (high !== undefined && BigInt(lastOffset) + 1n >= high) remaining.delete(partition);
    };
    consumer.on(events.CRASH, ({ payload }) => {
      if (!payload.restart) hand.fail(payload.error);
    });
    consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      arrive(payload.partition, payload.lastOffset);
      if (remaining.size === 0) hand.end();
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      eachBatch: (payload) => offer(hand, payload, remaining.get(payload.batch.partition)),
    });
    yield* hand.records(options.patienceMs ?? 30_000);
  } catch (error) {
    throw new TopicReadError(topic, brokerError(error).message, { cause: error });
  } finally {
    await consumer?.disconnect().catch(() => undefined);
    if (consumer !== undefined) await withAdmin(client, (admin) => admin.deleteGroups([group])).catch(() => undefined);
    client.sever();
  }
}

async function boundsOf(
  client: KafkaClient,
  topic: string,
): Promise<{ partition: number; low: bigint; high: bigint }[]> {
  const offsets = await withAdmin(client, (admin) => admin.fetchTopicOffsets(topic));
  return offsets.map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }));
}

/** Hands a batch over and waits until it is taken, so that no more than one batch lies in memory. */
async function offer(hand: Handover, { batch, heartbeat }: EachBatchPayload, high: bigint | undefined): Promise<void> {
  if (high === undefined) return;
  const records = batch.messages
    .filter(({ offset }) => BigInt(offset) < high)
    .map((message) => logRecord(batch.topic, batch.partition, message));
  const beating = setInterval(() => void heartbeat().catch((error: unknown) => hand.fail(error)), 3_000);
  try {
    await hand.put(records);
  } finally {
    clearInterval(beating);
  }
}

/** Passes records from the client, which calls, to the reader, which pulls. */
class Handover {
  #offered: { records: readonly LogRecord[]; taken: () => void }[] = [];
  #failure: Error | undefined;
  #isOver = false;
  #hasBegun = false;
  #wake: () => void = () => undefined;

  /** Whether anything was handed over. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  async put(records: readonly LogRecord[]): Promise<void> {
    if (this.#isOver) return;
    this.#hasBegun = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#offered.push({ records, taken: resolve });
    this.#wake();
    await promise;
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.end();
  }

  async *records(patienceMs: number): AsyncGenerator<LogRecord, void, undefined> {
    let current: { readonly records: readonly LogRecord[]; readonly taken: () => void } | undefined;
    try {
      for (;;) {
        current?.taken();
        current = this.#offered.shift();
        if (current !== undefined) {
          yield* current.records;
        } else if (this.#isOver) {
          if (this.#failure !== undefined) throw this.#failure;
          return;
        } else if (!(await this.#somethingHappens(patienceMs))) {
          throw new Error(`no record came for ${patienceMs} ms`);
        }
      }
    } finally {
      this.#isOver = true;
      current?.taken();
      for (const { taken } of this.#offered.splice(0)) taken();
    }
  }

  async #somethingHappens(patienceMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#wake = () => resolve(true);
    const timer = setTimeout(() => resolve(false), patienceMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}
