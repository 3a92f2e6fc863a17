import type { Logger, OutgoingRecord, SendOutcome } from '@waybill/messaging';
import type { PartitionerArgs, Producer } from 'kafkajs';
import { brokerError, isLostSequence, isRecordFault } from './broker-error.ts';
import type { BrokerError } from './broker-error.ts';
import { openClient } from './connection.ts';
import type { ClientTimeouts, KafkaClient, KafkaConnection } from './connection.ts';
import { groupedWithoutCopies, LaneMessage } from './lane-message.ts';
import { murmur2 } from './murmur2.ts';
import { sendRounds } from './send-rounds.ts';

/** Above what any broker takes in one request (`socket.request.max.bytes`, 100 MiB): it closes the connection instead. */
const maxRequestBytes = 64 * 1024 * 1024;

const acknowledged: SendOutcome = { status: 'acknowledged' };

export interface LaneOptions {
  readonly connection: KafkaConnection;
  readonly topic: string;
  /** Bytes of one partition's records in one request, roughly; the topic's `max.message.bytes` must not be below. */
  readonly maxBatchBytes: number;
  readonly timeouts: ClientTimeouts;
}

/**
 * The way to one topic, with a producer of its own, so that what befalls one topic touches no other.
 *
 * After any failure that may have left part of a request in the log the producer is thrown away: kafkajs takes its
 * sequence numbers back, and other records sent under them would be dropped by the broker as duplicates, and reported
 * as written.
 */
export class TopicLane {
  readonly #options: LaneOptions;
  readonly #log: Logger;
  #producer: { readonly client: KafkaClient; readonly producer: Producer } | undefined;
  #partitions: number | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#log = options.connection.log.child({ topic: options.topic });
  }

  /** One outcome per record, in the order given. @param deadline when to give up, as `Date.now()` counts. */
  async send(records: readonly OutgoingRecord[], deadline: number): Promise<readonly SendOutcome[]> {
    const outcomes: SendOutcome[] = [];
    const entries = records.map((record, index) => new LaneMessage(record, index));
    const blocked = new Map<string, SendOutcome>();
    const open: LaneMessage[] = [];
    for (const entry of entries) {
      const { index, record } = entry;
      const fault = localFault(entry);
      if (fault !== undefined) {
        outcomes[index] = { status: 'rejected', ...fault };
        blocked.set(record.key, behindRejected(record.key));
      } else if (blocked.has(record.key)) outcomes[index] = behindRejected(record.key);
      else open.push(entry);
    }

    let stopped: SendOutcome | undefined;
    for (const round of sendRounds(
      open,
      (entry) => this.#groupOf(entry),
      ({ bytes }) => bytes,
      this.#options.maxBatchBytes,
    )) {
      const free: LaneMessage[] = [];
      for (const entry of round) {
        const held = stopped ?? blocked.get(entry.record.key);
        if (held === undefined) free.push(entry);
        else outcomes[entry.index] = held;
      }
      if (free.length === 0) continue;
      await this.#sendRound(free, outcomes, deadline);
      for (const { index, record } of free) {
        const outcome = outcomes[index];
        if (outcome?.status === 'rejected') blocked.set(record.key, behindRejected(record.key));
        if (outcome?.status === 'unavailable' && !blocked.has(record.key)) stopped ??= outcome;
      }
    }
    return records.map((_, index) => outcomes[index] ?? unavailable({ code: 'UNKNOWN', message: 'No answer.' }));
  }

  async close(): Promise<void> {
    const current = this.#producer;
    this.#producer = undefined;
    if (current === undefined) return;
    await current.producer.disconnect().catch(() => undefined);
    current.client.sever();
  }

  async #sendRound(entries: readonly LaneMessage[], outcomes: SendOutcome[], deadline: number): Promise<void> {
    const failure = await this.#attempt(entries, deadline);
    if (failure === undefined) {
      for (const { index } of entries) outcomes[index] = acknowledged;
      return;
    }
    if (!isRecordFault(failure.code)) {
      for (const { index } of entries) outcomes[index] = unavailable(failure);
      return;
    }
    for (const group of Map.groupBy(entries, (entry) => this.#groupOf(entry)).values()) {
      await this.#isolate(group, outcomes, deadline, new Set());
    }
  }

  /** Sends one partition's records, halving what is refused until the record at fault stands alone. */
  async #isolate(
    entries: readonly LaneMessage[],
    outcomes: SendOutcome[],
    deadline: number,
    rejectedKeys: Set<string>,
  ): Promise<boolean> {
    const free: LaneMessage[] = [];
    for (const entry of entries) {
      if (rejectedKeys.has(entry.record.key)) outcomes[entry.index] = behindRejected(entry.record.key);
      else free.push(entry);
    }
    if (free.length === 0) return true;

    const failure = await this.#attempt(free, deadline);
    if (failure === undefined) {
      for (const { index } of free) outcomes[index] = acknowledged;
      return true;
    }
    if (!isRecordFault(failure.code)) {
      for (const { index } of free) outcomes[index] = unavailable(failure);
      return false;
    }
    const [first] = free;
    if (free.length === 1 && first !== undefined) {
      outcomes[first.index] = { status: 'rejected', ...failure };
      rejectedKeys.add(first.record.key);
      return true;
    }
    const middle = Math.ceil(free.length / 2);
    const left = await this.#isolate(free.slice(0, middle), outcomes, deadline, rejectedKeys);
    if (!left) {
      for (const { index } of free.slice(middle))
        outcomes[index] = unavailable({
          code: 'BEHIND_UNAVAILABLE',
          message: 'An earlier record of this partition could not be sent.',
        });
      return false;
    }
    return this.#isolate(free.slice(middle), outcomes, deadline, rejectedKeys);
  }

  async #attempt(entries: readonly LaneMessage[], deadline: number): Promise<BrokerError | undefined> {
    const first = await this.#attemptOnce(entries, deadline);
    if (first === undefined || !isLostSequence(first.code)) return first;
    return this.#attemptOnce(entries, deadline);
  }

  async #attemptOnce(entries: readonly LaneMessage[], deadline: number): Promise<BrokerError | undefined> {
    const remainingMs = deadline - Date.now();
    if (remainingMs <= 0)
      return { code: 'SEND_TIMEOUT', message: 'The time for this call was up before the broker was asked.' };
    try {
      await within(remainingMs, async () => {
        const producer = await this.#connected();
        await producer.send({
          topic: this.#options.topic,
          acks: -1,
          timeout: Math.max(1_000, Math.min(this.#options.timeouts.requestTimeoutMs, remainingMs)),
          messages: groupedWithoutCopies(entries),
        });
      });
      return undefined;
    } catch (error) {
      const failure = brokerError(error);
      this.#log.debug({ code: failure.code, records: entries.length }, `Sending failed: ${failure.message}`);
      this.#abandon();
      return failure;
    }
  }

  async #connected(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer.producer;
    const client = openClient(this.#options.connection, this.#options.timeouts);
    const producer = client.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      metadataMaxAge: 60_000,
      retry: this.#options.timeouts.retry,
      createPartitioner: () => (args) => this.#partitionOf(args),
    });
    const made = { client, producer };
    this.#producer = made;
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      if (this.#producer === made) this.#producer = undefined;
      client.sever();
      throw error;
    }
  }

  #partitionOf({ partitionMetadata, message }: PartitionerArgs): number {
    this.#partitions = partitionMetadata.length;
    const hash = message instanceof LaneMessage ? message.hash : murmur2(message.key ?? '');
    return hash % partitionMetadata.length;
  }

  /** The partition of a message; one for all while their number is not known yet. */
  #groupOf({ hash }: LaneMessage): number {
    return this.#partitions === undefined ? 0 : hash % this.#partitions;
  }

  #abandon(): void {
    const current = this.#producer;
    this.#producer = undefined;
    if (current === undefined) return;
    current.client.sever();
    void current.producer.disconnect().catch(() => undefined);
  }
}

function localFault({ bytes }: LaneMessage): BrokerError | undefined {
  if (bytes <= maxRequestBytes) return undefined;
  return {
    code: 'MESSAGE_TOO_LARGE',
    message: `A record of ${bytes} bytes is more than any broker takes (${maxRequestBytes}).`,
  };
}

function unavailable(failure: BrokerError): SendOutcome {
  return { status: 'unavailable', code: failure.code, message: failure.message };
}

/** What follows a rejected record of its own key must not overtake it. */
function behindRejected(key: string): SendOutcome {
  return {
    status: 'unavailable',
    code: 'BEHIND_REJECTED',
    message: `An earlier record with the key ${key} was rejected.`,
  };
}

async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(Object.assign(new Error(`No answer within ${ms} ms.`), { code: 'SEND_TIMEOUT' })),
    ms,
  );
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
