import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { batchSize, sendRuns } from '../../../src/publishing/batch-size.ts';
import { fullJitter, idleDelay, paceAfter } from '../../../src/publishing/pacing.ts';
import { limitBaggage } from '../../../src/publishing/fact-trace.ts';

describe('fullJitter', () => {
  it('stays between 0 and the cap, whatever the attempt', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const ms = fullJitter(attempt, random);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThan(2_000);
      }),
    );
  });

  it('can use the whole width', () => {
    expect(fullJitter(20, 0)).toBe(0);
    expect(fullJitter(20, 0.5)).toBe(1_000);
  });
});

describe('idleDelay', () => {
  it('looks again soon at first, and about once a second after long rest', () => {
    expect(idleDelay(1, true)).toBe(5);
    expect(idleDelay(3, true)).toBe(20);
    expect(idleDelay(20, true)).toBe(250);
    expect(idleDelay(1_000, true)).toBe(1_000);
    expect(idleDelay(1_000, false)).toBe(500);
  });
});

describe('paceAfter', () => {
  it('reads ahead of the send where reading takes long, and after it where a read would come too early', () => {
    const rows = (length: number, more: boolean) => paceAfter({ rows: { length }, more }, 1_000);
    expect(rows(3, false)).toBe('keep-up');
    expect(rows(249, false)).toBe('keep-up');
    expect(rows(250, false)).toBe('ahead');
    expect(rows(0, true)).toBe('ahead');
  });
});

describe('batches', () => {
  it('shrink as events grow, so that a batch stays within its memory', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (bytes) => {
        expect(batchSize(bytes, 1_000) * bytes).toBeLessThanOrEqual(33_554_432);
        expect(batchSize(bytes, 1_000)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('are cut into runs that keep every row and the order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500)), fc.integer({ min: 1, max: 1_000 }), (sizes, most) => {
        const rows = sizes.map((size) => ({ payload: new Uint8Array(size) }));
        const runs = sendRuns(rows, most);
        expect(runs.flat()).toEqual(rows);
        for (const run of runs) {
          const bytes = run.reduce((sum, { payload }) => sum + payload.length, 0);
          expect(run.length === 1 || bytes <= most).toBe(true);
        }
      }),
    );
  });
});

describe('limitBaggage', () => {
  it('keeps the correlation id first, and drops whole entries', () => {
    const baggage = `a=${'x'.repeat(50)},correlation.id=c-1,b=2`;
    expect(limitBaggage(baggage, 30)).toBe('correlation.id=c-1,b=2');
    expect(limitBaggage(baggage, 1_000)).toBe(baggage);
  });
});
