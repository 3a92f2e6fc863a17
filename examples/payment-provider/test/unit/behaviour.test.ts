import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { conduct, isDeclined } from '../../src/behaviour.ts';

const behaviour = { seed: 's', minLatencyMs: 5, maxLatencyMs: 60, limitedShare: 0.03, failingShare: 0.03, oddShare: 0 };

test('the same key and attempt always meet the same, within the latency given', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), (key, attempt) => {
      const first = conduct(behaviour, key, attempt);
      expect(conduct(behaviour, key, attempt)).toEqual(first);
      expect(first.latencyMs).toBeGreaterThanOrEqual(5);
      expect(first.latencyMs).toBeLessThanOrEqual(60);
    }),
  );
});

test('about the given share is limited, and about the given share fails', () => {
  const met = { none: 0, limited: 0, failing: 0 };
  for (let key = 0; key < 10_000; key += 1) met[conduct(behaviour, `key-${key}`, 1).mishap] += 1;
  expect(met.limited).toBeGreaterThan(200);
  expect(met.limited).toBeLessThan(400);
  expect(met.failing).toBeGreaterThan(200);
  expect(met.failing).toBeLessThan(400);
});

test('a share of zero never gets in the way', () => {
  const calm = { ...behaviour, limitedShare: 0, failingShare: 0 };
  fc.assert(
    fc.property(fc.string(), (key) => {
      expect(conduct(calm, key, 1).mishap).toBe('none');
    }),
  );
});

test('amounts that end in 13 cents are declined, others are not', () => {
  expect(isDeclined('29.13')).toBe(true);
  expect(isDeclined('13.00')).toBe(false);
  expect(isDeclined('0.31')).toBe(false);
});
