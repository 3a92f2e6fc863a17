import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultForms, planFaults, type ScheduleOptions } from '../../src/faults/schedule.ts';

const twoMinutes: ScheduleOptions = {
  seed: 'a-seed',
  forms: faultForms,
  loadMs: 120_000,
  processes: ['east-1', 'east-2', 'office-1', 'east-relay'],
  branches: ['east', 'west'],
};

const schedules = fc.record({
  seed: fc.string({ minLength: 1, maxLength: 12 }),
  forms: fc.subarray([...faultForms], { minLength: 1 }),
  loadMs: fc.integer({ min: 30_000, max: 3_600_000 }),
  processes: fc.constant(twoMinutes.processes),
  branches: fc.constant(twoMinutes.branches),
});

describe('a plan of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planFaults(twoMinutes)).toEqual(planFaults(twoMinutes));
    expect(planFaults({ ...twoMinutes, seed: 'another' })).not.toEqual(planFaults(twoMinutes));
  });

  it('has every form in two minutes, whatever the seed, but for the one that lasts as long as the run', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const forms = new Set(planFaults({ ...twoMinutes, seed }).map(({ form }) => form));
        expect(faultForms.filter((form) => form !== 'delivery' && !forms.has(form))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('lies within the load, in order, and does only what was asked for', () => {
    fc.assert(
      fc.property(schedules, (options) => {
        const planned = planFaults(options);
        expect(planned.map(({ atMs }) => atMs)).toEqual(planned.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
        expect(planned.every(({ atMs }) => atMs > 0 && atMs < options.loadMs)).toBe(true);
        expect(planned.every(({ form }) => options.forms.includes(form))).toBe(true);
        expect(new Set(planned.map(({ id }) => id)).size).toBe(planned.length);
      }),
    );
  });

  it('stops a process for longer than a lease and a session last', () => {
    fc.assert(
      fc.property(schedules, (options) => {
        const stops = planFaults(options).filter(({ form }) => form === 'stop');
        expect(stops.every(({ forMs }) => forMs > 11_000)).toBe(true);
      }),
    );
  });

  it('comes to every process before it comes to one again', () => {
    const kills = planFaults({ ...twoMinutes, forms: ['kill'] }).map(({ target }) => target);
    expect(new Set(kills.slice(0, 4)).size).toBe(4);
  });
});
