import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetBurnt, objectiveState } from '../../../src/flows/objective.ts';

const objective = { visibleWithinMs: 2_000, share: 0.99 };

describe('an objective', () => {
  it('has burnt its budget exactly when more events came late than its share leaves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (judged, part) => {
        const beyond = Math.floor(judged * part);
        expect(budgetBurnt(objective, { judged, beyond }) > 1).toBe(beyond * 100 > judged);
      }),
    );
    expect(budgetBurnt(objective, { judged: 0, beyond: 0 })).toBe(0);
  });

  it('is missed by events that came late, and by one that waits for too long already', () => {
    expect(objectiveState(objective, { judged: 100, beyond: 2, lagMs: undefined })).toBe('missed');
    expect(objectiveState(objective, { judged: 100, beyond: 0, lagMs: 2_001 })).toBe('missed');
    expect(objectiveState(objective, { judged: 0, beyond: 0, lagMs: 2_001 })).toBe('missed');
  });

  it('is kept by what came in time, and is quiet when nothing came', () => {
    expect(objectiveState(objective, { judged: 100, beyond: 1, lagMs: 1_500 })).toBe('kept');
    expect(objectiveState(objective, { judged: 0, beyond: 0, lagMs: 5 })).toBe('kept');
    expect(objectiveState(objective, { judged: 0, beyond: 0, lagMs: undefined })).toBe('quiet');
  });
});
