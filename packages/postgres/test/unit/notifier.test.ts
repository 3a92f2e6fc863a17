import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { postgresNotifier } from '../../src/publishing/notifier.ts';

let sent = 0;
const pool = {
  query: () => {
    sent += 1;
    return Promise.resolve({ rows: [] });
  },
};

beforeEach(() => {
  sent = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('a relay hears at once of the first commit after a rest', () => {
  postgresNotifier(pool).wake();
  expect(sent).toBe(1);
});

it('many commits become one notification in a while, and the last of them is heard of', () => {
  const notifier = postgresNotifier(pool, 20);
  for (let ms = 0; ms < 95; ms += 1) {
    notifier.wake();
    vi.advanceTimersByTime(1);
  }
  expect(sent).toBe(5);
  vi.advanceTimersByTime(20);
  expect(sent).toBe(6);
  vi.advanceTimersByTime(1_000);
  expect(sent).toBe(6);
});
