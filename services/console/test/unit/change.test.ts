import { describe, expect, test } from 'vitest';
import { substanceOf } from '../../src/domain/change.ts';

function overviews({ at = '2026-11-27T00:00:00Z', dead = 0, lagMs = 400 }) {
  return [
    { service: 'orders', overview: { service: 'orders', at, consumers: [{ name: 'a', dead }], relay: { lagMs } } },
    { service: 'payments', problem: { type: 'about:blank', title: 'Bad Gateway', status: 502 } },
  ];
}

describe('what overviews come to', () => {
  test('is the same when only the time of the answer and a part of a second differ', () => {
    const later = overviews({ at: '2026-11-27T00:00:02Z', lagMs: 449 });
    expect(substanceOf(later)).toBe(substanceOf(overviews({})));
  });

  test.each([[overviews({ dead: 1 })], [overviews({ lagMs: 3_000 })], [overviews({}).slice(0, 1)], [[]]])(
    'differs when what is seen differs',
    (other) => {
      expect(substanceOf(other)).not.toBe(substanceOf(overviews({})));
    },
  );
});
