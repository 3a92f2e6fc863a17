/**
 * Times to visibility, counted by size: bucket 0 holds those of up to a millisecond, bucket n those above
 * {@link bucketGrowth}^(n-1) and up to {@link bucketGrowth}^n. Counts of two windows add up, which quantiles do not.
 */
export type VisibilityBuckets = ReadonlyMap<number, number>;

/** A bucket's upper bound is larger than its lower one by a tenth, so a quantile is at most that much too large. */
export const bucketGrowth = 1.1;

/** The bucket of a time, in milliseconds; what is negative counts as 0, since clocks of two machines differ. */
export function bucketOf(ms: number): number {
  return ms <= 1 ? 0 : Math.ceil(Math.log(ms) / Math.log(bucketGrowth));
}

export function addedBuckets(all: Iterable<VisibilityBuckets>): VisibilityBuckets {
  const sum = new Map<number, number>();
  for (const buckets of all) {
    for (const [bucket, count] of buckets) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  }
  return sum;
}

/**
 * The time within which a share of the events became visible, in milliseconds: never below the exact one, and above it by a
 * tenth at most. Undefined when there was none.
 *
 * @param share 0 to 1.
 * @param maxMs The longest of them, which no quantile exceeds.
 */
export function quantileMs(buckets: VisibilityBuckets, share: number, maxMs = Infinity): number | undefined {
  const total = [...buckets.values()].reduce((sum, count) => sum + count, 0);
  const wanted = Math.max(1, Math.ceil(total * share));
  let seen = 0;
  for (const [bucket, count] of [...buckets].toSorted(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= wanted) return Math.min(bucketGrowth ** bucket, maxMs);
  }
  return undefined;
}
