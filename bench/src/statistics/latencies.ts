import type { Received, Written } from '../contestants/writer.ts';
import { quantileOf } from './spread.ts';

/** Milliseconds. Quantiles are of all events, sorted; nothing is put into buckets. */
export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Latencies of one stretch. */
export interface Latencies {
  /** From the moment at which COMMIT was acknowledged; 0 for an event that was seen before that. */
  readonly sinceCommit: Quantiles;
  /** From the moment at which the transaction was due to begin, so that a writer that could not keep up shows. */
  readonly sinceDue: Quantiles;
  /** Transactions committed in each second, from the first due time to the last COMMIT. */
  readonly reached: number;
  readonly lost: number;
}

/** How long each event of a stretch took until it was received; of those that `counts` holds for, by their number. */
export function latenciesOf(
  { from, due, committed }: Written,
  received: Received,
  counts: (sequence: number) => boolean = () => true,
): Latencies {
  const sinceCommit: number[] = [];
  const sinceDue: number[] = [];
  let lost = 0;
  for (const [index, at] of committed.entries()) {
    const came = received.at[from + index] ?? 0;
    if (!counts(from + index)) continue;
    if (came === 0) {
      lost += 1;
      continue;
    }
    sinceCommit.push(Math.max(0, came - at));
    sinceDue.push(came - (due[index] ?? came));
  }
  const begin = due[0] ?? 0;
  const end = committed.reduce((latest, at) => Math.max(latest, at), begin);
  return {
    sinceCommit: quantilesOf(sinceCommit),
    sinceDue: quantilesOf(sinceDue),
    reached: (committed.length / (end - begin)) * 1_000,
    lost,
  };
}

function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
  return { p50: quantileOf(sorted, 0.5), p99: quantileOf(sorted, 0.99), max: sorted.at(-1) ?? 0 };
}
