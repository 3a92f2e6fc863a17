import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JobPace } from '../../src/operations/api.ts';
import { decideStep, type JobProgress } from '../../src/operations/pacing.ts';

const pace: JobPace = { perSecond: 100, rampSeconds: 0, canary: 5, stopAtFailureShare: 0.2 };
const begun: JobProgress = { taken: 0, done: 0, failed: 0, underWay: 0, runsForMs: 0, sinceStepMs: 0 };

describe('a job’s next step', () => {
  test('takes the canary first, and nothing else until that has ended', () => {
    expect(decideStep(pace, begun)).toEqual({ step: 'take', limit: 5 });
    expect(decideStep(pace, { ...begun, taken: 5, done: 4, underWay: 1, sinceStepMs: 900 })).toMatchObject({
      step: 'wait',
    });
    expect(decideStep(pace, { ...begun, taken: 5, done: 5, sinceStepMs: 100 })).toEqual({ step: 'take', limit: 10 });
  });

  test('stops when more of those that ended have failed than may', () => {
    const progress = { ...begun, taken: 5, done: 3, failed: 2, sinceStepMs: 500 };
    expect(decideStep(pace, progress)).toMatchObject({
      step: 'stop',
      note: expect.stringContaining('2 of 5') as string,
    });
    expect(decideStep(pace, { ...progress, done: 8, taken: 10 })).toMatchObject({ step: 'take' });
  });

  test('does not judge by the first that fails while the canary is under way', () => {
    expect(decideStep(pace, { ...begun, taken: 5, failed: 1, underWay: 4 })).toMatchObject({ step: 'wait' });
  });

  test('goes on where a second brings less than one', () => {
    const slow = { ...pace, perSecond: 0.5 };
    const progress = { ...begun, taken: 5, done: 5 };
    expect(decideStep(slow, { ...progress, sinceStepMs: 1_500 })).toEqual({ step: 'wait', ms: 500 });
    expect(decideStep(slow, { ...progress, sinceStepMs: 2_000 })).toEqual({ step: 'take', limit: 1 });
    expect(decideStep(slow, { ...progress, sinceStepMs: 60_000 })).toEqual({ step: 'take', limit: 1 });
  });

  test('comes up to its rate slowly, and never takes more than a second brings', () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.nat(100_000),
        fc.integer({ min: 1, max: 60 }),
        (runsForMs, sinceStepMs, rampSeconds) => {
          const step = decideStep({ ...pace, canary: 0, rampSeconds }, { ...begun, taken: 1, runsForMs, sinceStepMs });
          const share = Math.min(1, Math.max(0.1, runsForMs / (rampSeconds * 1_000)));
          const taken = step.step === 'take' ? step.limit : 0;
          expect(taken).toBeLessThanOrEqual(Math.ceil(pace.perSecond * share));
        },
      ),
    );
  });
});
