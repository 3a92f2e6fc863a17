import { consumer, onExternal } from '@waybill/messaging';
import { eventually, uniqueName } from '@waybill/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { consumingHarness, type Deposit, type Harness } from './harness.ts';

let bank: Harness;
beforeEach(async () => {
  bank = await consumingHarness();
});
afterEach(async () => bank.close());

/** Has one consumer call out for each deposit. */
function start(handler: Parameters<typeof onExternal<Deposit, unknown>>[1]): void {
  const handlers = [onExternal(bank.deposited, handler)];
  bank.start(consumer({ name: `bank.${uniqueName('consumer')}`, kind: 'reaction', from: 'beginning', handlers }));
}

/** More than are worked on before others get their turn. */
const deposits = 60;

test('each event of a long queue is called out for once, and none of its calls is forgotten where others get their turn', async () => {
  const calls: number[] = [];
  const handled: number[] = [];
  start({
    external: {
      idempotent: true,
      call: ({ aggregateVersion }) => {
        calls.push(aggregateVersion);
        return Promise.resolve(aggregateVersion);
      },
    },
    handle: ({ aggregateVersion }) => void handled.push(aggregateVersion),
  });
  const account = uniqueName('account');
  await bank.send(...Array.from({ length: deposits }, (_, index) => bank.deposit(account, index + 1)));
  // A call that was forgotten is made again after 40 s.
  await eventually(() => handled.length >= deposits, { what: 'all deposits', deadlineMs: 30_000 });
  const inOrder = Array.from({ length: deposits }, (_, index) => index + 1);
  expect(calls).toEqual(inOrder);
  expect(handled).toEqual(inOrder);
});

test('what a call came to is kept through a transaction that the database fails', async () => {
  const calls: number[] = [];
  const handled: number[] = [];
  start({
    external: {
      // It could not be made again: nobody would know whether it had happened.
      idempotent: false,
      call: ({ aggregateVersion }) => Promise.resolve(void calls.push(aggregateVersion)),
    },
    handle: async ({ aggregateVersion }, { tx }) => {
      handled.push(aggregateVersion);
      if (handled.length === 1) await tx.query(`DO $$ BEGIN RAISE 'again' USING ERRCODE = '40001'; END $$`);
    },
  });
  await bank.send(bank.deposit(uniqueName('account'), 1));
  await eventually(() => handled.length === 2, { what: 'the second transaction', deadlineMs: 20_000 });
  expect(calls).toEqual([1]);
});
