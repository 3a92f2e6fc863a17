import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratioOf, rotated, spreadOf } from '../../src/statistics/spread.ts';

describe('a spread', () => {
  it('is the median between the least and the most', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
  });

  it('needs a value', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });

  it('has its median within its bounds, whatever the order of the values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const { median, min, max } = spreadOf(values);
        expect(median).toBeGreaterThanOrEqual(min);
        expect(median).toBeLessThanOrEqual(max);
        expect(spreadOf(values.toReversed())).toEqual({ median, min, max });
      }),
    );
  });
});

describe('a ratio', () => {
  it('is taken round by round, so that a slow round of both changes nothing', () => {
    expect(ratioOf([30, 3, 30], [10, 1, 10])).toEqual({ median: 3, min: 3, max: 3 });
  });
});

describe('the order of a round', () => {
  it('gives each contestant each place once', () => {
    const orders = [0, 1, 2].map((round) => rotated(['a', 'b', 'c'], round).join(''));
    expect(orders).toEqual(['abc', 'bca', 'cab']);
  });
});
