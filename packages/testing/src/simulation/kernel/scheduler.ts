interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly what: string;
  act: (() => void) | undefined;
}

/** Virtual time: acts happen one after another, in the order of their times, and time passes only between them. */
export class Scheduler {
  /** Milliseconds since the beginning of the simulation. */
  now = 0;
  /** Acts that have happened. */
  steps = 0;
  #order = 0;
  readonly #heap: Scheduled[] = [];
  #hash = 0x811c9dc5;
  /** Set to see what happens. */
  trace: ((line: string) => void) | undefined;

  /** Does something after `ms`; the answer calls it off. */
  after(ms: number, what: string, act: () => void): () => void {
    this.#order += 1;
    const scheduled: Scheduled = { at: this.now + Math.max(0, ms), order: this.#order, what, act };
    this.#push(scheduled);
    return () => {
      scheduled.act = undefined;
    };
  }

  /** Tells one run from another: of all that happened, and when. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  /** Notes something in the trace and its hash. */
  note(what: string): void {
    let hash = this.#hash;
    for (let at = 0; at < what.length; at += 1) hash = Math.imul(hash ^ what.charCodeAt(at), 0x01000193);
    this.#hash = Math.imul(hash ^ Math.round(this.now * 1_000), 0x01000193);
    this.trace?.(`${this.now.toFixed(3).padStart(10)} ${what}`);
  }

  /** Runs until `until` says so, nothing is left to be done, or `deadline` is past. Answers whether `until` said so. */
  async run(deadline: number, until: () => boolean): Promise<boolean> {
    while (!until()) {
      const next = this.#pop();
      if (next === undefined || next.at > deadline) {
        if (next !== undefined) this.#push(next);
        this.now = Math.max(this.now, deadline);
        return until();
      }
      if (next.act === undefined) continue;
      this.now = Math.max(this.now, next.at);
      this.steps += 1;
      this.note(next.what);
      next.act();
      // All that follows from it without waiting happens before the next act.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return true;
  }

  #push(scheduled: Scheduled): void {
    const heap = this.#heap;
    let at = heap.push(scheduled) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, scheduled)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = scheduled;
  }

  #pop(): Scheduled | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      const right = heap[child + 1];
      if (left === undefined) break;
      let least = left;
      if (right !== undefined && isBefore(right, left)) {
        least = right;
        child += 1;
      }
      if (isBefore(last, least)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
