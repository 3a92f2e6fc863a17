import { setTimeout as delay } from 'node:timers/promises';
import { clockMs, type EventWriter } from '../contestants/writer.ts';
import type { Program } from './program.ts';

/** For how long to write, after how long of not counting. */
export interface Enqueueing {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Transactions at the same time: one for each connection, the next as soon as one is answered. */
const CONCURRENCY = 8;

/** Commits as many transactions as it can (a closed loop); answers how many in each second that counts. */
export function closedWriter(writer: EventWriter): Program {
  let next = 0;
  return {
    async go(task) {
      const { warmUpSeconds, seconds } = task as Enqueueing;
      const over = new AbortController();
      let committed = 0;
      const work = async (): Promise<void> => {
        while (!over.signal.aborted) {
          const sequence = next;
          next += 1;
          await writer.write(sequence);
          committed += 1;
        }
      };
      const workers = Array.from({ length: CONCURRENCY }, work);
      await delay(warmUpSeconds * 1_000);
      const perSecond: number[] = [];
      for (let second = 0; second < seconds; second += 1) {
        const [at, before] = [clockMs(), committed];
        await delay(1_000);
        perSecond.push(((committed - before) / (clockMs() - at)) * 1_000);
      }
      over.abort();
      await Promise.all(workers);
      return perSecond;
    },
    stop: () => writer.close(),
  };
}
