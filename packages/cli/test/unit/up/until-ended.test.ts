import { describe, expect, it } from 'vitest';
import type { Stages } from '../../../src/up/stages.ts';
import { untilEnded } from '../../../src/up/until-ended.ts';

const none: Stages = {
  placed: 0,
  paid: 0,
  reserved: 0,
  confirmed: 0,
  shipped: 0,
  fulfilled: 0,
  cancelled: 0,
  mailed: 0,
  effects: 0,
  waiting: 0,
  dead: 0,
};

/** Runs with a clock of its own over what is read each quarter of a second; the last is read for ever. */
async function wait(readings: readonly Stages[], dead: 'left' | 'waited-for' = 'left') {
  const needed: number[] = [];
  let index = 0;
  let afterMs = 0;
  const outcome = await untilEnded({
    read: async () => readings[Math.min(index++, readings.length - 1)] ?? none,
    orders: () => 2,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    clock: {
      now: () => afterMs,
      pause: async (ms) => {
        afterMs += ms;
      },
    },
    stuckAfterMs: 60_000,
    restMs: 5000,
    dead,
    onPersonNeeded: (count) => needed.push(count),
  });
  return { outcome, afterMs, needed };
}

describe('waiting until every order has ended', () => {
  it('ends at rest some time after the last of them ended', async () => {
    const { outcome, afterMs } = await wait([none, { ...none, fulfilled: 1 }, { ...none, fulfilled: 1, cancelled: 1 }]);
    expect(outcome).toBe('at-rest');
    expect(afterMs).toBeGreaterThanOrEqual(5000);
    expect(afterMs).toBeLessThan(7000);
  });

  it('ends stuck when nothing moves for a minute and an order has not ended', async () => {
    const { outcome, afterMs } = await wait([none, { ...none, fulfilled: 1 }]);
    expect(outcome).toBe('stuck');
    expect(afterMs).toBeGreaterThanOrEqual(60_000);
  });

  it('is not at rest while an event waits in a queue', async () => {
    expect((await wait([{ ...none, fulfilled: 2, waiting: 1 }])).outcome).toBe('stuck');
  });

  it('says once that a person is needed, and waits for what that one puts right where it is asked to', async () => {
    const dead = { ...none, fulfilled: 2, dead: 3 };
    expect(await wait([dead])).toMatchObject({ outcome: 'at-rest' });
    const hourOfNothing = Array.from({ length: 100 }, () => dead);
    const run = await wait([...hourOfNothing, { ...dead, dead: 0 }], 'waited-for');
    expect(run).toMatchObject({ outcome: 'at-rest', needed: [3] });
    expect(run.afterMs).toBeGreaterThan(25_000);
  });
});
