import type { Evidence } from './evidence.ts';

/** The promises that are checked; see `docs/guarantees.md`. */
export type PromiseName = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I7';

/** One violation of a promise, with the ids of what violates it. */
export interface Finding {
  readonly promise: PromiseName;
  /** Stable, for programs: `lost.event-without-effect`. */
  readonly code: string;
  readonly message: string;
  /** Event ids, order ids or Message-IDs. */
  readonly ids: readonly string[];
}

/** A pure check over what was left behind; it answers every violation that it sees. */
export type Check = (evidence: Evidence) => readonly Finding[];
