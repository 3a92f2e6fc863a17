/**
 * The time of a run, which stands still while something holds it: a server takes longer to come back on a machine with
 * much to do, and faults that fell on what is down already would try nothing.
 */
export class RunClock {
  readonly #now: () => number;
  readonly #began: number;
  #holders = 0;
  #heldSince = 0;
  #heldMs = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#began = now();
  }

  /** Milliseconds of the run so far. */
  get elapsedMs(): number {
    const until = this.#holders > 0 ? this.#heldSince : this.#now();
    return until - this.#began - this.#heldMs;
  }

  /** Makes the time stand still until the work has ended, however it ends. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    if (this.#holders === 0) this.#heldSince = this.#now();
    this.#holders += 1;
    try {
      return await work();
    } finally {
      this.#holders -= 1;
      if (this.#holders === 0) this.#heldMs += this.#now() - this.#heldSince;
    }
  }
}
