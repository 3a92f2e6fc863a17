import { type BacklogSample, type RelayStatus, type TimeToZero, timeToZero } from '@waybill/messaging';
import type { BackgroundTask } from '../background-task.ts';

interface RelaySample extends BacklogSample {
  readonly published: number;
}

const windowMs = 120_000;
const rateMs = 60_000;

/** How fast this process's relay publishes, from what it said of itself over the last two minutes. */
export class RelayPace {
  #samples: readonly RelaySample[] = [];

  /** @param at Milliseconds since 1970. */
  note({ published, lagEvents }: Pick<RelayStatus, 'published' | 'lagEvents'>, at: number): void {
    const last = this.#samples.at(-1);
    // A relay that was paused begins to count anew.
    const kept = last !== undefined && published < last.published ? [] : this.#samples;
    this.#samples = [...kept.filter((one) => at - one.at <= windowMs), { at, published, lag: lagEvents }];
  }

  figures(): { readonly publishedPerSecond: number | undefined; readonly toZero: TimeToZero } {
    const last = this.#samples.at(-1);
    const first = this.#samples.find(({ at }) => last !== undefined && last.at - at <= rateMs);
    const rate =
      first === undefined || last === undefined || last.at === first.at
        ? undefined
        : ((last.published - first.published) * 1_000) / (last.at - first.at);
    return { publishedPerSecond: rate, toZero: timeToZero(this.#samples) };
  }
}

/** Has a relay's pace noted every ten seconds. */
export function relayPaceTask(pace: RelayPace, status: () => RelayStatus | undefined): BackgroundTask {
  return {
    name: 'relay-pace',
    intervalMs: 10_000,
    run: async () => {
      const now = status();
      if (now !== undefined) pace.note(now, Date.now());
      return Promise.resolve();
    },
  };
}
