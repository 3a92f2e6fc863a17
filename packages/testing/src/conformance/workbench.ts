import type { describe, expect, it } from 'vitest';
import type { LogRecord, Publisher, Subscriber } from '@waybill/messaging';

/** What an implementation of the log gives its conformance suites, on a real broker. */
export interface LogWorkbench {
  /** A publisher of its own; the suite closes it. */
  makePublisher(): Publisher;
  /** A subscriber as one process would have; the suite closes it. At most 100 records in one delivery. */
  makeSubscriber(): Subscriber;
  /** Makes a topic with a name that nobody has used, and answers the name. Records above 1 MB are refused by it. */
  createTopic(partitions: number): Promise<string>;
  /** All that a topic holds, in offset order for each partition, read by other means than the subscriber. */
  readTopic(topic: string): Promise<readonly LogRecord[]>;
  /** What the group has committed for a partition, as the broker has it. */
  committedOffset(group: string, topic: string, partition: number): Promise<bigint | undefined>;
  /** Commits an offset for a group without members. */
  commitOffset(group: string, topic: string, partition: number, offset: bigint): Promise<void>;
  /** Drops what a partition holds before an offset. */
  dropBefore(topic: string, partition: number, offset: bigint): Promise<void>;
  /** How many members the group has. */
  memberCount(group: string): Promise<number>;
}

/** What the suites need of vitest. It is passed in, since vitest may be loaded only where tests run. */
export interface TestApi {
  readonly describe: typeof describe;
  readonly it: typeof it;
  readonly expect: typeof expect;
}
