import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Logger } from '@waybill/messaging';
import { nextDelayMs, pause, startTask } from '../../src/background-task.ts';
import { LoadShedding } from '../../src/lifecycle/load-shedding.ts';
import { Pauses, pausesTask } from '../../src/lifecycle/pauses.ts';

function recordingLog() {
  const errors: object[] = [];
  const log: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields) => void errors.push(fields),
    child: () => log,
  };
  return { log, errors };
}

test('the delay stays within a tenth of the interval, and backs off to a minute at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600_000 }),
      fc.nat(40),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (interval, failures, random) => {
        const delay = nextDelayMs({ intervalMs: interval }, failures, random);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(interval * 0.9));
        expect(delay).toBeLessThanOrEqual(Math.ceil(Math.max(interval, 60_000) * 1.1));
      },
    ),
  );
});

test('a task that says so is never tried again later than that, however often it failed', () => {
  const { intervalMs, longestBackoffMs } = pausesTask(new Pauses({ query: async () => ({ rows: [] }) }), {
    ...{ definitions: [], consumers: () => [], relay: undefined, shedding: new LoadShedding([], []) },
    flows: async () => new Map(),
  });
  fc.assert(
    fc.property(fc.nat(40), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
      expect(
        nextDelayMs({ intervalMs, longestBackoffMs: longestBackoffMs ?? NaN }, failures, random),
      ).toBeLessThanOrEqual(2_200);
    }),
  );
});

test('runs never overlap, and a failing run does not end the loop', async () => {
  const { log, errors } = recordingLog();
  let inside = 0;
  let most = 0;
  const third = Promise.withResolvers<void>();
  let runs = 0;
  const task = startTask(
    {
      name: 'sweep',
      intervalMs: 1,
      async run() {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise(setImmediate);
        inside -= 1;
        runs += 1;
        if (runs === 3) third.resolve();
        if (runs === 2) throw new Error('database away');
      },
    },
    log,
  );
  await third.promise;
  await task.stop();
  expect({ most, errors: errors.length }).toEqual({ most: 1, errors: 1 });
});

test('stopping aborts the run under way and waits for its end', async () => {
  const { log } = recordingLog();
  const begun = Promise.withResolvers<void>();
  let ended = false;
  const task = startTask(
    {
      name: 'long',
      intervalMs: 1,
      async run(signal) {
        begun.resolve();
        await pause(60_000, signal);
        ended = true;
      },
    },
    log,
  );
  await begun.promise;
  await task.stop();
  expect(ended).toBe(true);
});
