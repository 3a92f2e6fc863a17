import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lateness } from '../../src/lifecycle/lateness.ts';
import { decideShedding, LoadShedding, type Saturation, type Shedding } from '../../src/lifecycle/load-shedding.ts';

const calm: Saturation = { busy: 0.3, waiting: 0, lateness: 'none' };
const short: Saturation = { ...calm, busy: 0.99 };

function after(looks: readonly Saturation[], from: Shedding = 'nobody'): Shedding {
  return looks.reduce((state, look) => decideShedding(state, look), from);
}

describe('shedding load', () => {
  test('has what may wait stand still first, and all that is not critical when that is not enough', () => {
    expect(after([short])).toBe('deferrable');
    expect(after([short, short, short])).toBe('not-critical');
  });

  test('begins also where connections are short, and ends step by step when it is calm', () => {
    expect(after([{ ...calm, waiting: 50 }])).toBe('deferrable');
    expect(after([short, short, calm])).toBe('deferrable');
    expect(after([short, short, calm, calm])).toBe('nobody');
  });

  test('has others yield to what is late, and only to what is critical all of them', () => {
    const late = (lateness: Lateness): Saturation => ({ ...calm, lateness });
    expect(after([late('normal'), late('normal'), late('normal')])).toBe('deferrable');
    expect(after([late('critical'), late('critical')])).toBe('not-critical');
    expect(after([late('critical'), late('nearly'), late('nearly')])).toBe('deferrable');
    expect(after([late('critical'), late('nearly'), late('none')])).toBe('nobody');
  });

  test('stays as it is between short and calm, so that it does not swing', () => {
    const between = fc.record({
      busy: fc.double({ min: 0.8, max: 0.95, noNaN: true }),
      waiting: fc.integer({ min: 5, max: 20 }),
      lateness: fc.constantFrom<Lateness>('none', 'nearly'),
    });
    fc.assert(
      fc.property(fc.constantFrom<Shedding>('nobody', 'deferrable', 'not-critical'), between, (state, look) => {
        expect(decideShedding(state, look)).toBe(state);
      }),
    );
  });

  test('takes one step for a sample, however often it is looked at', () => {
    const consumers = [{ criticality: 'critical' }, { criticality: 'normal' }, { criticality: 'deferrable' }] as const;
    const shedding = new LoadShedding([], consumers, () => 0.1);
    const held = () => consumers.filter((one) => shedding.heldBack(one) !== undefined).map((one) => one.criticality);
    shedding.look({ lateness: 'critical', at: 'first' });
    shedding.look({ lateness: 'critical', at: 'first' });
    expect(held()).toEqual(['deferrable']);
    shedding.look({ lateness: 'critical', at: 'second' });
    expect(held()).toEqual(['normal', 'deferrable']);
    shedding.look({ lateness: 'none', at: undefined });
    shedding.look({ lateness: 'none', at: undefined });
    expect(held()).toEqual([]);
  });
});
