import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeToZero } from '../../../src/flows/time-to-zero.ts';

const everyMs = 10_000;
const line = (count: number, lagAt: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => ({ at: 1_000_000 + index * everyMs, lag: lagAt(index) }));

describe('time to zero', () => {
  it('is what is left by how fast it shrinks, for a backlog that shrinks evenly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 12 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 1, max: 500 }),
        (count, step, left) => {
          // Shrinks by so much that it is told from noise.
          fc.pre(step * (count - 1) > 0.02 * (left * step + step * count));
          const samples = line(count, (index) => left * step + (count - 1 - index) * step);
          const found = timeToZero(samples);
          expect(found.state).toBe('empties');
          expect(found.state === 'empties' && found.ms).toBeCloseTo(left * everyMs, 0);
        },
      ),
    );
  });

  it('is none while it grows or stands, and nothing is to be waited for at rest', () => {
    expect(timeToZero(line(6, (index) => 100 + index * 50))).toEqual({ state: 'grows' });
    expect(timeToZero(line(6, () => 4_000))).toEqual({ state: 'stands' });
    expect(timeToZero(line(6, (index) => 4_000 + (index % 2)))).toEqual({ state: 'stands' });
    expect(timeToZero(line(6, (index) => 50 - index * 10))).toEqual({ state: 'at-rest' });
  });

  it('is not known from too few samples, or from old ones', () => {
    expect(timeToZero([])).toEqual({ state: 'not-known' });
    expect(timeToZero(line(2, (index) => 100 - index))).toEqual({ state: 'not-known' });
    const gap = [...line(5, () => 900), { at: 5_000_000, lag: 500 }];
    expect(timeToZero(gap)).toEqual({ state: 'not-known' });
  });

  it('takes what would be empty in weeks for what stands', () => {
    const samples = line(6, (index) => 1_000_000_000 - index * 1_000);
    expect(timeToZero(samples)).toEqual({ state: 'stands' });
  });
});
