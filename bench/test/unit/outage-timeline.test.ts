import { describe, expect, it } from 'vitest';
import {
  outageFigures,
  outageFlaw,
  type OutageRun,
  secondsOf,
  type ShopCall,
} from '../../src/measures/outage-timeline.ts';

const served = (at: number, sequence: number): ShopCall => ({ at, sequence, answer: 'served' });
const refused = (at: number, sequence: number): ShopCall => ({ at, sequence, answer: 'refused' });

/** Two events a second for six seconds; the dependency is down from the second to the fourth. */
const run: OutageRun = {
  since: 1_000,
  downAt: 3_000,
  upAt: 5_000,
  committed: Array.from({ length: 12 }, (_, index) => 1_000 + index * 500),
  calls: [
    ...[served(1_010, 0), served(1_510, 1), served(2_010, 2), served(2_510, 3)],
    ...[refused(3_010, 4), refused(4_010, 4)],
    ...[served(6_010, 4), served(6_020, 5), served(6_030, 6)],
    ...[served(8_010, 7), served(8_020, 8), served(8_030, 9), served(8_040, 10), served(8_050, 11)],
  ],
};

describe('an outage', () => {
  it('is told second by second', () => {
    expect(secondsOf(run)).toEqual([
      { calls: 2, served: 2, waiting: 0 },
      { calls: 2, served: 2, waiting: 0 },
      { calls: 1, served: 0, waiting: 2 },
      { calls: 1, served: 0, waiting: 4 },
      { calls: 0, served: 0, waiting: 6 },
      { calls: 3, served: 3, waiting: 5 },
      { calls: 0, served: 0, waiting: 5 },
      { calls: 5, served: 5, waiting: 0 },
    ]);
  });

  it('costs the calls made while it lasted, and is over when the backlog is gone', () => {
    expect(outageFigures(run, secondsOf(run), 2)).toEqual({
      callsWhileDown: 1,
      mostCallsAfter: 5,
      drainSeconds: 4,
      standstillSeconds: 1,
    });
  });

  it('has no end when the backlog stays', () => {
    const stuck = { ...run, calls: run.calls.filter(({ at }) => at < 6_000) };
    expect(outageFigures(stuck, secondsOf(stuck), 2).drainSeconds).toBeUndefined();
  });
});

describe('the audit of an outage', () => {
  it('finds nothing when each event was served once and in order', () => {
    expect(outageFlaw(run.calls, { events: 12, entities: 3 })).toBeUndefined();
  });

  it('counts what was not served, was served twice or out of order', () => {
    const calls = [served(1, 3), served(2, 0), served(3, 1), served(4, 1), refused(5, 2)];
    expect(outageFlaw(calls, { events: 4, entities: 3 })).toBe('1 not served, 1 served twice, 1 out of order');
  });
});
