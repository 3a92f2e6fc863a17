import type { Clock } from './clock.ts';

/** Given as the reason of an abort: without one, an exception with its stack is made for each. */
const WOKEN = 'woken';

/** A wait that can be cut short. A call of `wake` while nobody waits is kept for the next wait. One waits at a time. */
export class WakeSignal {
  readonly #clock: Clock;
  #woken = false;
  #waiting: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#woken = true;
    this.#waiting?.abort(WOKEN);
  }

  /** Resolves after `ms`, or sooner when woken or when `end` aborts; answers whether it was woken. */
  async wait(ms: number, end?: AbortSignal): Promise<'woken' | 'time'> {
    if (!this.#woken && ms > 0 && end?.aborted !== true) {
      const waiting = new AbortController();
      const onEnd = () => waiting.abort(WOKEN);
      end?.addEventListener('abort', onEnd, { once: true });
      this.#waiting = waiting;
      await this.#clock.sleep(ms, waiting.signal);
      this.#waiting = undefined;
      end?.removeEventListener('abort', onEnd);
    }
    const woken = this.#woken;
    this.#woken = false;
    return woken ? 'woken' : 'time';
  }
}
