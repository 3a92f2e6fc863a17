import { describe, expect, it } from 'vitest';
import { latenciesOf } from '../../src/statistics/latencies.ts';

const written = {
  from: 2,
  due: Float64Array.of(1_000, 1_500, 2_000),
  committed: Float64Array.of(1_001, 1_502, 2_100),
};

describe('latencies', () => {
  it('run from the acknowledged COMMIT, and from when the transaction was due', () => {
    const { sinceCommit, sinceDue, lost } = latenciesOf(written, {
      at: Float64Array.of(1, 1, 1_004, 1_507, 2_107),
      doubled: 0,
    });
    expect(sinceCommit).toEqual({ p50: 5, p99: expect.closeTo(6.96), max: 7 });
    expect(sinceDue.max).toBe(107);
    expect(lost).toBe(0);
  });

  it('are 0 for an event that was seen before its COMMIT was acknowledged', () => {
    const { sinceCommit } = latenciesOf(written, { at: Float64Array.of(1, 1, 1_000.5, 1_500, 2_000), doubled: 0 });
    expect(sinceCommit.max).toBe(0);
  });

  it('count what never came', () => {
    expect(latenciesOf(written, { at: Float64Array.of(1, 1, 1_004, 0, 0), doubled: 0 }).lost).toBe(2);
  });

  it('are those of the events that count, while the rate is that of all', () => {
    const received = { at: Float64Array.of(1, 1, 1_004, 1_507, 2_107), doubled: 0 };
    const { sinceCommit, reached } = latenciesOf(written, received, (sequence) => sequence !== 4);
    expect(sinceCommit).toEqual({ p50: 4, p99: expect.closeTo(4.98), max: 5 });
    expect(reached).toBeCloseTo(3 / 1.1, 5);
  });

  it('tell the rate that was reached', () => {
    const { reached } = latenciesOf(written, { at: Float64Array.of(1, 1, 1_004, 1_507, 2_107), doubled: 0 });
    expect(reached).toBeCloseTo(3 / 1.1, 5);
  });
});
