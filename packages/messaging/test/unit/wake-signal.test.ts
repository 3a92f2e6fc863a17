import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/index.ts';
import { WakeSignal } from '../../src/wake-signal.ts';

/** A clock whose time never comes; whoever sleeps by it must be woken. */
const stopped: Clock = {
  ...systemClock,
  sleep: async (_, signal) => {
    await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
  },
};

describe('a wake signal', () => {
  it('keeps a call that came before anybody waited', async () => {
    const signal = new WakeSignal(stopped);
    signal.wake();
    signal.wake();
    expect(await signal.wait(1_000)).toBe('woken');
    expect(await signal.wait(0)).toBe('time');
  });

  it('cuts a wait short when it is woken, and when its end comes', async () => {
    const signal = new WakeSignal(stopped);
    const woken = signal.wait(1_000);
    signal.wake();
    expect(await woken).toBe('woken');
    const end = new AbortController();
    const ended = signal.wait(1_000, end.signal);
    end.abort();
    expect(await ended).toBe('time');
    expect(await signal.wait(1_000, end.signal)).toBe('time');
  });
});
