import type { PositionPair } from '@waybill/postgres';
import { place } from './rebuild-checkpoint.ts';
import type { Standing } from './rebuild-standing.ts';

/** Where the living consumer was at a moment, by `topic/partition`. */
interface Sighting {
  readonly at: number;
  readonly positions: ReadonlyMap<string, bigint>;
}

/** Milliseconds behind its consumer at which a generation is as near as it comes while live events do not cease. */
const NEAR_MS = 10_000;

/** Milliseconds between questions to the brokers. */
const ASK_LOG_MS = 3_000;

/** `near for long`: for ten seconds. */
export type Distance = 'far' | 'near' | 'near for long';

/** Tells how far a generation is behind its consumer in time: where it is, the consumer was so long ago. */
export class Nearness {
  #sightings: readonly Sighting[] = [];
  #nearSince: number | undefined;
  #askedLogAt = -Infinity;

  /** Whether it is time to ask the brokers whether the consumer has lost its place: each time takes a connection. */
  isLogDue(now: number): boolean {
    if (now - this.#askedLogAt < ASK_LOG_MS) return false;
    this.#askedLogAt = now;
    return true;
  }

  /**
   * Notes where both are, and answers whether the generation has passed where the consumer was within the last ten seconds, or
   * for as long.
   */
  see(pairs: readonly PositionPair[], now: number): Distance {
    const living = new Map(pairs.flatMap((pair) => (pair.living === undefined ? [] : [[place(pair), pair.living]])));
    const made = new Map(
      pairs.flatMap((pair) => (pair.generation === undefined ? [] : [[place(pair), pair.generation]])),
    );
    const kept = this.#sightings.filter(({ at }) => now - at <= NEAR_MS);
    this.#sightings = [...kept, { at: now, positions: living }];
    const isPassed = ({ positions }: Sighting) =>
      [...positions].every(([where, position]) => (made.get(where) ?? -1n) >= position);
    if (living.size === 0 || !this.#sightings.some(isPassed)) {
      this.#nearSince = undefined;
      return 'far';
    }
    this.#nearSince ??= now;
    return now - this.#nearSince >= NEAR_MS ? 'near for long' : 'near';
  }
}

/** Parked events of a generation that may be about to be worked on while it is compared. */
const FEW = 100;

type Stood = Pick<Standing, 'isAtPlace' | 'waiting'>;

/**
 * Whether a generation can be looked at: it has all that its consumer has, and nothing of it waits; or it comes no nearer,
 * since live events do not cease, or what waits does so for something that does not come.
 */
export function isToBeCompared({ isAtPlace, waiting }: Stood, distance: Distance): boolean {
  if (isAtPlace && waiting === 0) return true;
  return distance === 'near for long' && waiting < FEW;
}

/** Milliseconds for which what waits may be done before a swap; the rest waits on in the living consumer. */
const SETTLING_MS = 3_000;

/** Whether a generation can be swapped in: it is where its consumer stands still, and what waits has had its time. */
export function isToBeSwapped({ isAtPlace, waiting }: Stood, heldAt: number | undefined, now: number): boolean {
  return isAtPlace && (waiting === 0 || (heldAt !== undefined && now - heldAt >= SETTLING_MS));
}
