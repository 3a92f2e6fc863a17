import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addedBuckets,
  bucketGrowth,
  bucketOf,
  quantileMs,
  type VisibilityBuckets,
} from '../../../src/flows/visibility-buckets.ts';

const times = fc.array(fc.double({ min: 0, max: 3e9, noNaN: true }), { minLength: 1, maxLength: 200 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

function bucketsOf(all: readonly number[]): VisibilityBuckets {
  const counts = new Map<number, number>();
  for (const ms of all) counts.set(bucketOf(ms), (counts.get(bucketOf(ms)) ?? 0) + 1);
  return counts;
}

/** The quantile of the times themselves. */
function exact(all: readonly number[], of: number): number {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(sorted.length * of)) - 1] ?? NaN;
}

describe('a quantile of counted times', () => {
  it('is never below the exact one, and above it by a tenth at most, or within the first millisecond', () => {
    fc.assert(
      fc.property(times, share, (all, of) => {
        const wanted = exact(all, of);
        const told = quantileMs(bucketsOf(all), of, Math.max(...all)) ?? NaN;
        // Powers of the growth are rounded.
        expect(told).toBeGreaterThanOrEqual(wanted * (1 - 1e-9));
        expect(told).toBeLessThanOrEqual(Math.max(1, wanted * bucketGrowth * (1 + 1e-9)));
      }),
    );
  });

  it('is the same whether times were counted together or in windows that were added up', () => {
    fc.assert(
      fc.property(fc.array(times, { maxLength: 5 }), share, (windows, of) => {
        const added = addedBuckets(windows.map(bucketsOf));
        expect(quantileMs(added, of)).toBe(quantileMs(bucketsOf(windows.flat()), of));
      }),
    );
  });

  it('is not known when nothing was counted', () => {
    expect(quantileMs(new Map(), 0.5)).toBeUndefined();
  });

  it('takes what came before it happened, by another clock, for at once', () => {
    expect(bucketOf(-5_000)).toBe(0);
  });
});
