import { randomUUID } from 'node:crypto';
import type { KafkaMessage } from 'kafkajs';
import { plainKafka } from './topic.ts';

/** What a look at the whole topic found. */
export interface Audit {
  readonly records: number;
  /** Distinct (entity, version). */
  readonly distinct: number;
  readonly lost: number;
  readonly duplicates: number;
  /** First occurrences of a version that came after a higher one of its entity. */
  readonly outOfOrder: number;
  /** Records without the headers that all carry. */
  readonly malformed: number;
  /** Milliseconds from the first record's append at the broker to the last one's. */
  readonly appendMs: number;
}

const REQUIRED_HEADERS = 12;

/** Collects what is seen; apart from the reading, so that it can be tested. */
export class AuditBook {
  readonly #seen = new Map<string, Set<number>>();
  readonly #highest = new Map<string, number>();
  #records = 0;
  #distinct = 0;
  #outOfOrder = 0;
  #malformed = 0;
  #first = Infinity;
  #last = -Infinity;

  note(record: {
    readonly entity: string;
    readonly version: number;
    readonly headers: number;
    readonly appendedMs: number;
  }): void {
    this.#records += 1;
    this.#first = Math.min(this.#first, record.appendedMs);
    this.#last = Math.max(this.#last, record.appendedMs);
    if (record.headers < REQUIRED_HEADERS) this.#malformed += 1;
    const versions = this.#seen.get(record.entity) ?? new Set();
    this.#seen.set(record.entity, versions);
    if (versions.has(record.version)) return;
    versions.add(record.version);
    this.#distinct += 1;
    const highest = this.#highest.get(record.entity) ?? 0;
    if (record.version < highest) this.#outOfOrder += 1;
    else this.#highest.set(record.entity, record.version);
  }

  /** @param expected events that were committed. */
  result(expected: number): Audit {
    return {
      records: this.#records,
      distinct: this.#distinct,
      lost: Math.max(0, expected - this.#distinct),
      duplicates: this.#records - this.#distinct,
      outOfOrder: this.#outOfOrder,
      malformed: this.#malformed,
      appendMs: this.#records === 0 ? 0 : this.#last - this.#first,
    };
  }
}

/** Reads `topic` from its beginning until `records` were seen. */
export async function auditTopic(
  brokers: readonly string[],
  topic: string,
  { records, expected }: { readonly records: number; readonly expected: number },
): Promise<Audit> {
  const book = new AuditBook();
  if (records === 0) return book.result(expected);
  const consumer = plainKafka(brokers, 'bench-audit').consumer({
    groupId: `bench-audit-${randomUUID()}`,
    maxBytesPerPartition: 4 * 1024 * 1024,
  });
  const { promise: all, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch: { messages } }) => {
        for (const message of messages) book.note(readRecord(message));
        seen += messages.length;
        if (seen >= records) resolve();
      },
    });
    await all;
  } finally {
    await consumer.disconnect();
  }
  return book.result(expected);
}

function readRecord({ key, headers = {}, timestamp }: KafkaMessage) {
  return {
    entity: String(key),
    version: Number(String(headers['ce_aggregateversion'])),
    headers: Object.keys(headers).length,
    appendedMs: Number(timestamp),
  };
}
