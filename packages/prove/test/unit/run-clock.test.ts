import { describe, expect, it } from 'vitest';
import { RunClock } from '../../src/faults/run-clock.ts';

describe('the clock of a run', () => {
  it('stands still while anything holds it, and goes on where it was', async () => {
    let now = 1_000;
    const clock = new RunClock(() => now);
    const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    now += 50;
    const first = clock.hold(() => one.promise);
    now += 100;
    const second = clock.hold(() => other.promise);
    one.resolve();
    await first;
    now += 100;
    expect(clock.elapsedMs).toBe(50);
    other.reject(new Error('the server did not come back'));
    await expect(second).rejects.toThrow('did not come back');
    now += 7;
    expect(clock.elapsedMs).toBe(57);
  });
});
