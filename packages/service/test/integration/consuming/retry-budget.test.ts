import { consumer, on, onExternal, PauseError, RetryableError } from '@waybill/messaging';
import { eventually, uniqueName } from '@waybill/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { consumingHarness, type Harness } from './harness.ts';

let bank: Harness;
beforeEach(async () => {
  bank = await consumingHarness();
});
afterEach(async () => bank.close());

const accounts = 60;
/** Retries a second that are allowed whatever the traffic, and as many that may have been saved. */
const perSecond = 10;

test('calls to a dependency that fails are repeated within the retry budget, however soon each is due', async () => {
  const name = `bank.${uniqueName('consumer')}`;
  const calls: number[] = [];
  bank.start(
    consumer({
      name,
      kind: 'reaction',
      from: 'beginning',
      retry: { baseMs: 1, capMs: 1, maxAttempts: 10_000, budgetShare: 0 },
      handlers: [
        onExternal(bank.deposited, {
          external: {
            idempotent: true,
            call: () => {
              calls.push(performance.now());
              return Promise.reject(new RetryableError('not now'));
            },
          },
          handle: () => undefined,
        }),
      ],
    }),
  );
  await bank.send(...Array.from({ length: accounts }, (_, n) => bank.deposit(`account-${n}`, 1)));
  // All have been tried, and what was saved of the budget meanwhile is used up.
  await eventually(() => calls.length >= accounts + 5 * perSecond, { what: 'first tries', deadlineMs: 60_000 });
  const [since, before] = [performance.now(), calls.length];
  await eventually(() => calls.length >= before + 2 * perSecond, { what: 'retries', deadlineMs: 30_000 });
  const seconds = (performance.now() - since) / 1_000;
  // Without a budget it is several hundred.
  expect((calls.length - before) / seconds).toBeLessThan(3 * perSecond);
});

test('a probe that the budget does not allow now is not taken for one that passed', async () => {
  const called: string[] = [];
  const running = bank.start(
    consumer({
      name: `bank.${uniqueName('consumer')}`,
      kind: 'reaction',
      from: 'beginning',
      retry: { baseMs: 1, capMs: 1, maxAttempts: 10_000, budgetShare: 0 },
      handlers: [
        on(bank.deposited, ({ aggregateId }) => {
          called.push(aggregateId);
          // So soon that the probes alone use the budget up.
          throw new PauseError('ledger', 'refuses connections', { probeAfterMs: 5 });
        }),
      ],
    }),
  );
  const [first, second] = [uniqueName('account'), uniqueName('account')];
  await bank.send(bank.deposit(first, 1));
  await eventually(() => running.status().state === 'paused', { what: 'the consumer paused' });
  await bank.send(bank.deposit(second, 1));
  const before = called.length;
  await eventually(() => called.length >= before + 2 * perSecond, { what: 'probes', deadlineMs: 30_000 });
  // Had it gone on for a moment, it would have pulled the second.
  expect(new Set(called)).toEqual(new Set([first]));
});
