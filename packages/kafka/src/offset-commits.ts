import type { TopicPartitionOffset } from 'kafkajs';
import { partitionKey } from './start-positions.ts';

/**
 * The offsets dealt with and not yet committed to the log. Commits are for tools to see, so they are throttled, and a
 * failed one is only told.
 */
export class OffsetCommits {
  readonly #intervalMs: number;
  readonly #pending = new Map<string, { topic: string; partition: number; offset: bigint }>();
  #lastAt = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  note(topic: string, partition: number, offset: bigint): void {
    this.#pending.set(partitionKey(topic, partition), { topic, partition, offset });
  }

  get isDue(): boolean {
    return this.#pending.size > 0 && Date.now() - this.#lastAt >= this.#intervalMs;
  }

  /** Takes all that is pending; what fails to be committed is not put back, since a later offset follows it. */
  take(): TopicPartitionOffset[] {
    const taken = [...this.#pending.values()].map(({ topic, partition, offset }) => ({
      topic,
      partition,
      offset: offset.toString(),
    }));
    this.#pending.clear();
    this.#lastAt = Date.now();
    return taken;
  }

  clear(): void {
    this.#pending.clear();
  }
}
