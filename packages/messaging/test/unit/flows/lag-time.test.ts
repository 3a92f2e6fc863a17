import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LagTime, type LogEnd, lagTime, longestLag } from '../../../src/flows/lag-time.ts';

/** Records that came at random times, and a log that was looked at every ten seconds meanwhile. */
const history = fc
  .record({
    cameAt: fc.array(fc.integer({ min: 1, max: 600_000 }), { minLength: 1, maxLength: 60 }),
    position: fc.nat({ max: 70 }),
  })
  .map(({ cameAt, position }) => ({ cameAt: cameAt.toSorted((a, b) => a - b), position: BigInt(position) }));
const everyMs = 10_000;
const now = 600_000;

/** What the looks found: the ends of the log with the first and the last time of each. */
function looks(cameAt: readonly number[]): readonly LogEnd[] {
  const ends = new Map<bigint, LogEnd>();
  for (let at = 0; at <= now; at += everyMs) {
    const high = BigInt(cameAt.filter((came) => came <= at).length);
    ends.set(high, { high, firstAt: ends.get(high)?.firstAt ?? at, lastAt: at });
  }
  return [...ends.values()];
}

function around(ends: readonly LogEnd[], position: bigint) {
  return {
    before: ends.findLast(({ high }) => high <= position),
    after: ends.find(({ high }) => high > position),
  };
}

describe('lag as time', () => {
  it('is within one look of how long the oldest unread record has waited, and is none when none waits', () => {
    fc.assert(
      fc.property(history, ({ cameAt, position }) => {
        const lag = lagTime(position, around(looks(cameAt), position), now);
        const oldest = cameAt[Number(position)];
        const wrong = oldest === undefined ? (lag?.ms ?? 0) : Math.abs((lag?.ms ?? NaN) - (now - oldest));
        expect(lag?.known).toBe(oldest === undefined ? undefined : 'measured');
        expect(wrong).toBeLessThanOrEqual(everyMs);
      }),
    );
  });

  it('never grows by reading on', () => {
    fc.assert(
      fc.property(history, ({ cameAt, position }) => {
        const ends = looks(cameAt);
        const ms = (at: bigint) => lagTime(at, around(ends, at), now)?.ms ?? 0;
        expect(ms(position + 1n)).toBeLessThanOrEqual(ms(position));
      }),
    );
  });

  it('is told as at least so much when the record was there before anybody looked', () => {
    const after = { high: 10n, firstAt: 500_000, lastAt: 600_000 };
    expect(lagTime(3n, { before: undefined, after }, now)).toEqual({ ms: 100_000, known: 'at-least' });
  });

  it('is that of the partition that waits longest', () => {
    const lags: (LagTime | undefined)[] = [
      { ms: 5, known: 'measured' },
      undefined,
      { ms: 9, known: 'at-least' },
      { ms: 7, known: 'measured' },
    ];
    expect(longestLag(lags)).toEqual({ ms: 9, known: 'at-least' });
    expect(longestLag([undefined])).toBeUndefined();
  });
});
