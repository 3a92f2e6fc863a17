import type { Received, Written } from '../contestants/writer.ts';
import { quantileOf } from './spread.ts';

/** Latencies of one stretch, in milliseconds. Quantiles are of all events, sorted; nothing is put into buckets. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** From when it was due to be begun, so that a writer that could not keep up shows. */
  readonly dueP99: number;
  /** Transactions committed in each second, from the first due time to the last COMMIT. */
  readonly reached: number;
  readonly lost: number;
}

/** Commit acknowledged to received, for the events of a stretch. One seen before its COMMIT was acknowledged counts as 0. */
export function latenciesOf({ from, due, committed }: Written, received: Received): Latencies {
  const latencies: number[] = [];
  const sinceDue: number[] = [];
  let lost = 0;
  for (const [index, at] of committed.entries()) {
    const came = received.at[from + index] ?? 0;
    if (came === 0) {
      lost += 1;
      continue;
    }
    latencies.push(Math.max(0, came - at));
    sinceDue.push(came - (due[index] ?? came));
  }
  const sorted = latencies.toSorted((a, b) => a - b);
  const begin = due[0] ?? 0;
  const end = committed.reduce((latest, at) => Math.max(latest, at), begin);
  return {
    p50: quantileOf(sorted, 0.5),
    p99: quantileOf(sorted, 0.99),
    max: sorted.at(-1) ?? 0,
    dueP99: quantileOf(
      sinceDue.toSorted((a, b) => a - b),
      0.99,
    ),
    reached: (committed.length / (end - begin)) * 1_000,
    lost,
  };
}
