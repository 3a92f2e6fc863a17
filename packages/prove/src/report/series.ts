/** An event's way: when its change was made, and when one consumer had its effect. Milliseconds since 1970. */
export interface Visit {
  readonly from: number;
  readonly to: number;
}

/** What is drawn, second by second of the run; a second without a visit has no time to visibility. */
export interface Series {
  readonly seconds: number;
  /** Operations that were committed in that second. */
  readonly operations: readonly number[];
  /** Effects that consumers had in that second. */
  readonly effects: readonly number[];
  /** Milliseconds from the change to the effect, of the effects of that second. */
  readonly p50: readonly (number | undefined)[];
  readonly p99: readonly (number | undefined)[];
}

export interface SeriesSource {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** When operations were committed. */
  readonly committed: readonly number[];
  readonly visits: readonly Visit[];
}

/** Sorts what happened into seconds. What lies outside of the run is left out. */
export function seriesOf({ from, to, committed, visits }: SeriesSource): Series {
  const seconds = Math.max(1, Math.ceil((to - from) / 1_000));
  const operations = Array.from({ length: seconds }, () => 0);
  const waits = Array.from({ length: seconds }, (): number[] => []);
  const secondOf = (at: number) => Math.floor((at - from) / 1_000);
  for (const at of committed) {
    const second = secondOf(at);
    if (operations[second] !== undefined) operations[second] += 1;
  }
  for (const visit of visits) waits[secondOf(visit.to)]?.push(visit.to - visit.from);
  for (const each of waits) each.sort((a, b) => a - b);
  return {
    seconds,
    operations,
    effects: waits.map(({ length }) => length),
    p50: waits.map((each) => quantile(each, 0.5)),
    p99: waits.map((each) => quantile(each, 0.99)),
  };
}

/** The nearest rank of sorted numbers; undefined when there is none. */
export function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
