import type { Clock } from './clock.ts';

/** A wait that can be cut short. A call of `wake` while nobody waits is kept for the next wait. */
export class WakeSignal {
  readonly #clock: Clock;
  #woken = false;
  #waiting: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#woken = true;
    this.#waiting?.abort();
  }

  /** Resolves after `ms`, or sooner when woken; answers which. */
  async wait(ms: number): Promise<'woken' | 'time'> {
    if (!this.#woken && ms > 0) {
      this.#waiting = new AbortController();
      await this.#clock.sleep(ms, this.#waiting.signal);
      this.#waiting = undefined;
    }
    const woken = this.#woken;
    this.#woken = false;
    return woken ? 'woken' : 'time';
  }
}
