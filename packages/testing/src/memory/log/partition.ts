import type { LogRecord, OutgoingRecord } from '@waybill/messaging';

/** A partition: its records in offset order, and who waits for the next one. */
export class Partition {
  readonly topic: string;
  readonly number: number;
  readonly records: LogRecord[] = [];
  #low = 0n;
  #high = 0n;
  #waiting: (() => void)[] = [];

  constructor(topic: string, number: number) {
    this.topic = topic;
    this.number = number;
  }

  get low(): bigint {
    return this.#low;
  }

  get high(): bigint {
    return this.#high;
  }

  append({ key, value, headers }: OutgoingRecord, timestamp: number): LogRecord {
    const record = {
      topic: this.topic,
      partition: this.number,
      offset: this.#high,
      timestamp,
      key,
      // What is in the log is nobody's memory.
      value: Uint8Array.from(value),
      headers: { ...headers },
    };
    this.records.push(record);
    this.#high += 1n;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
    return record;
  }

  from(offset: bigint, most: number): readonly LogRecord[] {
    const at = Number(offset - this.#low);
    return this.records.slice(at, at + most);
  }

  /** Resolves when something is appended, or the signal aborts. */
  async appended(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      this.#waiting.push(done);
    });
  }

  dropBefore(offset: bigint): void {
    this.records.splice(0, Number(offset - this.#low));
    this.#low = offset;
  }
}
