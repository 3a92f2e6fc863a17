import type { Relay } from '@waybill/messaging';

/**
 * A relay that a person may pause: it finishes what is in flight and gives its shards up, and a new one takes its place when
 * the pause ends.
 */
export class PausableRelay {
  readonly #start: () => Relay;
  #running: Relay | undefined;

  constructor(start: () => Relay) {
    this.#start = start;
  }

  /** Undefined while it is paused, and before it is told that it is not. */
  get running(): Relay | undefined {
    return this.#running;
  }

  async follow(state: 'held' | 'free'): Promise<void> {
    if (state === 'free') {
      this.#running ??= this.#start();
      return;
    }
    const held = this.#running;
    this.#running = undefined;
    await held?.stop();
  }

  async stop(deadlineMs: number): Promise<void> {
    await this.#running?.stop(deadlineMs);
  }
}
