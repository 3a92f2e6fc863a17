import { consumer, onExternal, RetryableError } from '@waybill/messaging';
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
