import { setTimeout as pause } from 'node:timers/promises';
import type { Program } from './fleet.ts';

export interface RandomKillsOptions {
  readonly victims: readonly Program[];
  readonly kills: number;
  /** The same seed gives the same victims after the same pauses. */
  readonly seed: number;
  /** A number that changes with each effect, and undefined once nothing is in flight that a kill could hit. */
  readonly progress: () => number | undefined;
  readonly kill: (victim: Program) => void;
  readonly signal: AbortSignal;
}

/** Milliseconds from one kill to the next, at least: short enough to hit a process that is just coming back. */
const pauseMs = { from: 200, to: 3000 };
const lookMs = 50;

/**
 * Kills victims at random moments for as long as work is in flight, each only after something had an effect since the
 * one before it. Answers how many it killed.
 */
export async function killAtRandom(options: RandomKillsOptions): Promise<number> {
  const { victims, progress, signal } = options;
  const random = seededRandom(options.seed);
  let killed = 0;
  let seen = progress();
  while (killed < options.kills) {
    const victim = victims[Math.floor(random() * victims.length)];
    await pause(pauseMs.from + random() * (pauseMs.to - pauseMs.from), undefined, { signal });
    const before: number | undefined = seen;
    for (seen = progress(); seen === before && seen !== undefined; seen = progress()) {
      await pause(lookMs, undefined, { signal });
    }
    if (victim === undefined || seen === undefined) break;
    options.kill(victim);
    killed += 1;
  }
  return killed;
}

/** Numbers in [0, 1) that follow from the seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = Math.trunc(seed);
  return () => {
    state = (state + 0x6d2b79f5) % 2 ** 32;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
