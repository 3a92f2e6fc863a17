import { expect, test } from 'vitest';
import { needsSecondPerson } from '../../../src/index.ts';

test.each([
  ['normal', 0, false],
  ['normal', 1, true],
  ['critical', 0, true],
  ['deferrable', 3, true],
] as const)(
  'a swap at a %s consumer with which %i rows vanish needs a second person: %s',
  (criticality, vanishing, needs) => {
    expect(needsSecondPerson({ operation: 'swap', criticality, vanishing })).toBe(needs);
  },
);
