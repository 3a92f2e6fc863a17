/** Times a run of records from the first to the last. */
export interface RawRate {
  /** Counts; answers true once all were seen. */
  seen(records: number): boolean;
  /** Records after the first lot, in each second from it on. */
  perSecond(): number;
}

export function rateFrom(expected: number): RawRate {
  let first: { readonly at: number; readonly records: number } | undefined;
  let last = 0;
  let all = 0;
  return {
    seen(records) {
      all += records;
      last = performance.now();
      first ??= { at: last, records };
      return all >= expected;
    },
    perSecond: () => (first === undefined ? 0 : ((all - first.records) / (last - first.at)) * 1_000),
  };
}
