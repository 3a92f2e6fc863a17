import type { Clock } from '@waybill/messaging';

interface Timer {
  readonly at: number;
  readonly act: () => void;
}

/** A clock that stands still, and jumps to the next thing that waits for it when it is told to. */
export class HeldClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  /** In the middle, so that what is left to chance is the same in every run. */
  random(): number {
    return 0.5;
  }

  after(ms: number, act: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), act };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    await new Promise<void>((resolve) => {
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      const abort = (): void => {
        cancel();
        resolve();
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Jumps to the next timer that is due by `until`, and fires all that are due then. False when there is none. */
  advance(until: number): boolean {
    const next = Math.min(...[...this.#timers].map(({ at }) => at));
    if (next > until) return false;
    this.#now = Math.max(this.#now, next);
    for (const timer of [...this.#timers].toSorted((a, b) => a.at - b.at)) {
      if (timer.at > this.#now) break;
      // Another may have called it off.
      if (this.#timers.delete(timer)) timer.act();
    }
    return true;
  }
}
