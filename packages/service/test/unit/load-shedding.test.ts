import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideShedding, type Saturation, type Shedding } from '../../src/lifecycle/load-shedding.ts';

const calm: Saturation = { busy: 0.3, waiting: 0 };
const short: Saturation = { busy: 0.99, waiting: 0 };

function after(looks: readonly Saturation[], from: Shedding = 'nobody'): Shedding {
  return looks.reduce((state, look) => decideShedding(state, look), from);
}

describe('shedding load', () => {
  test('has what may wait stand still first, and all that is not critical when that is not enough', () => {
    expect(after([short])).toBe('deferrable');
    expect(after([short, short, short])).toBe('not-critical');
  });

  test('begins also where connections are short, and ends step by step when it is calm', () => {
    expect(after([{ busy: 0.2, waiting: 50 }])).toBe('deferrable');
    expect(after([short, short, calm])).toBe('deferrable');
    expect(after([short, short, calm, calm])).toBe('nobody');
  });

  test('stays as it is between short and calm, so that it does not swing', () => {
    const between = fc.record({
      busy: fc.double({ min: 0.8, max: 0.95, noNaN: true }),
      waiting: fc.integer({ min: 5, max: 20 }),
    });
    fc.assert(
      fc.property(fc.constantFrom<Shedding>('nobody', 'deferrable', 'not-critical'), between, (state, look) => {
        expect(decideShedding(state, look)).toBe(state);
      }),
    );
  });
});
