import { expect, it } from 'vitest';
import { HeldClock } from '../../../src/specification/held-clock.ts';

it('stands still until it is told to jump, and then fires what is due in order', async () => {
  const clock = new HeldClock(1_000);
  const fired: string[] = [];
  clock.after(30, () => fired.push(`second at ${clock.now()}`));
  clock.after(10, () => fired.push(`first at ${clock.now()}`));
  const cancel = clock.after(20, () => fired.push('cancelled'));
  cancel();
  expect(clock.advance(1_040)).toBe(true);
  expect(clock.advance(1_040)).toBe(true);
  expect(clock.advance(1_040)).toBe(false);
  expect(fired).toEqual(['first at 1010', 'second at 1030']);
  expect(clock.monotonic()).toBe(1_030);
});

it('does not jump beyond the time that it is given, and lets a sleep be cut short', async () => {
  const clock = new HeldClock(0);
  const end = new AbortController();
  const sleeping = clock.sleep(100, end.signal);
  expect(clock.advance(99)).toBe(false);
  end.abort();
  await sleeping;
  expect(clock.advance(1_000)).toBe(false);
});
