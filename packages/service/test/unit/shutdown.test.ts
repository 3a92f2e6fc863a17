import { expect, test } from 'vitest';
import type { Logger } from '@waybill/messaging';
import { stopInOrder } from '../../src/lifecycle/shutdown.ts';

const log: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => log,
};

test('steps stop one after the other, in their order', async () => {
  const order: string[] = [];
  const step = (name: string) => ({
    name,
    async stop() {
      order.push(`${name} begins`);
      await new Promise(setImmediate);
      order.push(`${name} ends`);
    },
  });
  expect(await stopInOrder([step('requests'), step('relay')], 5_000, log)).toEqual({ outcome: 'stopped', left: [] });
  expect(order).toEqual(['requests begins', 'requests ends', 'relay begins', 'relay ends']);
});

test('at the deadline it says what was left, and starts nothing more', async () => {
  let started = false;
  const stuck = Promise.withResolvers<void>();
  const steps = [
    { name: 'consumers', stop: () => stuck.promise },
    {
      name: 'pool',
      async stop() {
        started = true;
      },
    },
  ];
  expect(await stopInOrder(steps, 20, log)).toEqual({ outcome: 'cut', left: ['consumers', 'pool'] });
  stuck.resolve();
  await new Promise(setImmediate);
  expect(started).toBe(false);
});

test('a step that fails is named, and the later ones still run', async () => {
  let closed = false;
  const steps = [
    { name: 'relay', stop: () => Promise.reject(new Error('no')) },
    {
      name: 'pool',
      async stop() {
        closed = true;
      },
    },
  ];
  expect(await stopInOrder(steps, 5_000, log)).toEqual({ outcome: 'cut', left: ['relay'] });
  expect(closed).toBe(true);
});

test('a step that takes longer than its own time is named, and the later ones still get their turn', async () => {
  let closed = false;
  const stuck = Promise.withResolvers<void>();
  const steps = [
    { name: 'consumers', withinMs: 10, stop: () => stuck.promise },
    {
      name: 'pool',
      async stop() {
        closed = true;
      },
    },
  ];
  expect(await stopInOrder(steps, 5_000, log)).toEqual({ outcome: 'cut', left: ['consumers'] });
  expect(closed).toBe(true);
});
