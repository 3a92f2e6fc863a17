import { type Clock, type LogRecord, murmur2, type OutgoingRecord, systemClock } from '@waybill/messaging';
import { Group } from './group.ts';
import { Partition } from './partition.ts';

/** What a broker answers for a record that it does not take. */
export class BrokerError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'BrokerError';
    this.code = code;
  }
}

const MAX_RECORD_BYTES = 1_000_000;
const utf8 = new TextEncoder();

/** A log in memory that behaves as Kafka does where Waybill depends on it: partitions, groups, rebalances, offsets. */
export class MemoryLog {
  readonly clock: Clock;
  /** Called before a record is appended; a code refuses it, as a broker refuses one that is too large. */
  refuse: (record: OutgoingRecord) => string | undefined = () => undefined;
  readonly #rebalanceTimeoutMs: number;
  readonly #topics = new Map<string, readonly Partition[]>();
  readonly #groups = new Map<string, Group>();
  #members = 0;
  #isUp = true;

  constructor(options: { readonly clock?: Clock; readonly rebalanceTimeoutMs?: number } = {}) {
    this.clock = options.clock ?? systemClock;
    this.#rebalanceTimeoutMs = options.rebalanceTimeoutMs ?? 60_000;
  }

  createTopic(name: string, partitions: number): void {
    this.#topics.set(
      name,
      Array.from({ length: partitions }, (_, number) => new Partition(name, number)),
    );
  }

  nextMemberId(): string {
    this.#members += 1;
    return `member-${String(this.#members).padStart(9, '0')}`;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Refuses all calls until `start`; what is in the log stays. */
  stop(): void {
    this.#isUp = false;
  }

  start(): void {
    this.#isUp = true;
    for (const group of this.#groups.values()) group.rebalance();
  }

  requireUp(): void {
    if (!this.#isUp) throw new BrokerError('BROKER_NOT_AVAILABLE', 'the broker does not answer');
  }

  /** @throws {BrokerError} when there is no such topic. */
  partitions(topic: string): readonly Partition[] {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) throw new BrokerError('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic ${topic}`);
    return partitions;
  }

  /** @throws {BrokerError} when there is no such partition. */
  partition(topic: string, number: number): Partition {
    const partition = this.partitions(topic)[number];
    if (partition === undefined)
      throw new BrokerError('UNKNOWN_TOPIC_OR_PARTITION', `${topic} has no partition ${number}`);
    return partition;
  }

  /** The partition that Java's partitioner chooses for a key. */
  partitionOf(topic: string, key: string): number {
    return (murmur2(utf8.encode(key)) & 0x7fffffff) % this.partitions(topic).length;
  }

  /** @throws {BrokerError} when the record is refused. */
  append(record: OutgoingRecord): LogRecord {
    this.requireUp();
    const code = bytesOf(record) > MAX_RECORD_BYTES ? 'MESSAGE_TOO_LARGE' : this.refuse(record);
    if (code !== undefined) throw new BrokerError(code, 'the broker refuses the record');
    return this.partition(record.topic, this.partitionOf(record.topic, record.key)).append(record, this.clock.now());
  }

  group(name: string): Group {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = new Group((topic) => this.partitions(topic).length, {
        clock: this.clock,
        rebalanceTimeoutMs: this.#rebalanceTimeoutMs,
      });
      this.#groups.set(name, group);
    }
    return group;
  }

  /** All that a topic holds, in offset order for each partition, for whoever looks at the log from outside. */
  records(topic: string): readonly LogRecord[] {
    return this.partitions(topic).flatMap(({ records }) => records);
  }
}

function bytesOf({ key, value, headers }: OutgoingRecord): number {
  const text = Object.entries(headers).reduce((sum, [name, content]) => sum + name.length + content.length, key.length);
  return text + value.byteLength;
}
