import type { Random } from './random.ts';

/** How the network is, from the plan. Shares are from 0 to 1. */
export interface NetworkKnobs {
  /** Calls that are cut off: half of them never arrive, half are done and their answers are lost. */
  readonly lossShare: number;
  /** Calls that take long: up to `slowMs`. */
  readonly slowShare: number;
  readonly slowMs: number;
  /** Of the calls that are cut off, those that arrive nevertheless, long after their sender gave up. */
  readonly lateShare: number;
}

const CALM: NetworkKnobs = { lossShare: 0, slowShare: 0, slowMs: 0, lateShare: 0 };

/** What becomes of a call. */
export type Fate = 'done' | 'request lost' | 'answer lost' | 'late';

/** Decides what becomes of each call. */
export class Network {
  #knobs: NetworkKnobs;
  readonly #random: Random;
  /** Ways that are cut, as `process server`. */
  readonly #cut = new Set<string>();

  constructor(knobs: NetworkKnobs, random: Random) {
    this.#knobs = knobs;
    this.#random = random;
  }

  /** From now on nothing is lost and nothing is slow. */
  calm(): void {
    this.#knobs = CALM;
    this.#cut.clear();
  }

  cut(process: string, server: string): void {
    this.#cut.add(`${process} ${server}`);
  }

  mend(process: string, server: string): void {
    this.#cut.delete(`${process} ${server}`);
  }

  isCut(process: string, server: string): boolean {
    return this.#cut.has(`${process} ${server}`);
  }

  /** Milliseconds of one way. */
  delay(): number {
    const { slowShare, slowMs } = this.#knobs;
    if (this.#random.chance(slowShare)) return this.#random.between(1, slowMs);
    return this.#random.between(0.1, 1);
  }

  fate(): Fate {
    const { lossShare, lateShare } = this.#knobs;
    if (!this.#random.chance(lossShare)) return 'done';
    if (this.#random.chance(lateShare)) return 'late';
    return this.#random.chance(0.5) ? 'request lost' : 'answer lost';
  }

  /** Milliseconds after which a server notices that a client is gone, or a late call arrives. */
  noticeDelay(): number {
    return this.#random.chance(0.5) ? this.#random.between(0.1, 2) : this.#random.between(2, 800);
  }
}
