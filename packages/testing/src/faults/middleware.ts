import type { Deliver, DeliveryMiddleware, DeliveryScope, LogRecord, RecordBatch } from '@waybill/messaging';
import { HeldRecords } from './held-records.ts';
import { fateOf } from './schedule.ts';
import type { FaultSettings } from './settings.ts';

const retryMs = 250;

/** Partitions of all consumers of this process, as far as records of them were held. */
export class Disturbance {
  readonly #partitions = new Map<string, Lane>();
  readonly #settings: FaultSettings;

  constructor(settings: FaultSettings) {
    this.#settings = settings;
  }

  /** Holds records back on their way to a consumer, as the schedule says, and delivers them later. */
  readonly middleware: DeliveryMiddleware = (next, scope) => (batch) => this.#lane(next, scope, batch).deliver(batch);

  wouldRepeat(consumer: string, topic: string, partition: number): boolean {
    return this.#partitions.get(laneKey(consumer, topic, partition))?.held.wouldRepeat ?? false;
  }

  #lane(next: Deliver, scope: DeliveryScope, { topic, partition }: RecordBatch): Lane {
    const key = laneKey(scope.consumer, topic, partition);
    let lane = this.#partitions.get(key);
    // A consumer that was stopped and started again reads on from what it stored, and so comes by what was held once more.
    if (lane?.next !== next) {
      lane?.close();
      const holdMs = ({ offset }: LogRecord) => {
        const fate = fateOf({ ...scope, topic, partition, offset }, this.#settings);
        return fate.kind === 'hold' ? fate.forMs : 0;
      };
      lane = new Lane(next, holdMs);
      this.#partitions.set(key, lane);
    }
    return lane;
  }
}

function laneKey(consumer: string, topic: string, partition: number): string {
  return `${consumer} ${topic} ${partition}`;
}

/** One partition's deliveries, one at a time, held ones among them. */
class Lane {
  readonly held = new HeldRecords();
  /** Of whom it holds records back. */
  readonly next: Deliver;
  readonly #holdMs: (record: LogRecord) => number;
  #tail: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(next: Deliver, holdMs: (record: LogRecord) => number) {
    this.next = next;
    this.#holdMs = holdMs;
  }

  /** Delivers nothing more of what it holds. */
  close(): void {
    this.#isClosed = true;
  }

  deliver(batch: RecordBatch): Promise<void> {
    return this.#inTurn(async () => {
      const { passed, held } = this.held.split(batch, (record) => this.#holdMs(record) > 0);
      try {
        if (passed.records.length > 0 || held.length === 0) await this.next(passed);
      } catch (error) {
        this.held.takeBack(batch);
        throw error;
      }
      for (const record of held) this.#releaseIn(this.#holdMs(record), record);
    });
  }

  #releaseIn(ms: number, record: LogRecord): void {
    setTimeout(() => {
      void this.#inTurn(() => this.#release(record));
    }, ms).unref();
  }

  async #release(record: LogRecord): Promise<void> {
    const batch = this.#isClosed ? undefined : this.held.release(record);
    if (batch === undefined) return;
    try {
      await this.next(batch);
    } catch {
      // Giving up would let the position pass a record that nobody handled.
      this.held.keep(record);
      this.#releaseIn(retryMs, record);
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}
