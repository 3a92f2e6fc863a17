import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PauseError, RetryableError, TerminalError } from '../../../src/errors.ts';
import { backoffMs, failureRecord, judgeFailure, retryBudget, waitingMs } from '../../../src/consuming/retry.ts';

const policy = { baseMs: 100, capMs: 1_000, maxAttempts: 3, budgetShare: 0.1 };

describe('judging a failure', () => {
  test('an unknown error is tried again until its attempts end', () => {
    expect(judgeFailure(new Error('no idea'), 2, policy, 0.5)).toEqual({ verdict: 'retry', afterMs: 100 });
    expect(judgeFailure(new Error('no idea'), 3, policy, 0.5)).toEqual({ verdict: 'dead' });
  });

  test('a terminal error is dead at the first attempt', () => {
    expect(judgeFailure(new TerminalError('no such customer'), 1, policy, 0)).toEqual({ verdict: 'dead' });
  });

  test('a pause counts no attempt against the event, however often it comes', () => {
    const error = new PauseError('provider', 'refuses connections', { probeAfterMs: 50 });
    expect(judgeFailure(error, 99, policy, 0)).toEqual({ verdict: 'pause', dependency: 'provider', probeAfterMs: 50 });
  });

  test('a retry is never before the time that the dependency named', () => {
    const error = new RetryableError('429', { retryAfterMs: 5_000 });
    expect(judgeFailure(error, 1, policy, 0)).toEqual({ verdict: 'retry', afterMs: 5_000 });
  });
});

test('backoff lies between zero and the cap, and its ceiling doubles', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      (attempts, random) => {
        const ms = backoffMs(attempts, policy, random);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(Math.min(1_000, 100 * 2 ** (attempts - 1)));
      },
    ),
  );
});

test('what waits for others is looked at again within the time that it has waited, between the base and the cap', () => {
  expect(waitingMs(0, policy, 0.5)).toBe(50);
  expect(waitingMs(600, policy, 0.5)).toBe(300);
  expect(waitingMs(3_600_000, policy, 0.5)).toBe(500);
});

describe('the retry budget', () => {
  test('says whether there is a retry left, and takes none by that', () => {
    const budget = retryBudget(policy, 0);
    for (let spent = 0; spent < 9; spent += 1) budget.spend(0);
    expect([budget.affords(0), budget.affords(0), budget.spend(0)]).toEqual([true, true, true]);
    expect([budget.affords(0), budget.affords(99), budget.affords(100)]).toEqual([false, false, true]);
  });

  test('lets ten retries a second through without any traffic, and no more', () => {
    const budget = retryBudget(policy, 0);
    const granted = Array.from({ length: 50 }, () => budget.spend(0)).filter(Boolean).length;
    expect(granted).toBe(10);
    expect(Array.from({ length: 50 }, () => budget.spend(1_000)).filter(Boolean).length).toBe(10);
  });

  test('grows with a share of the deliveries', () => {
    const budget = retryBudget(policy, 0);
    budget.earn(500);
    expect(Array.from({ length: 100 }, () => budget.spend(0)).filter(Boolean).length).toBe(60);
  });
});

test('a stored failure masks the event’s personal values and keeps the rest', () => {
  const error = Object.assign(new Error('cannot mail ada@example.com: mailbox full'), { code: 'EMAIL' });
  expect(failureRecord(error, ['ada@example.com'])).toMatchObject({
    type: 'Error',
    code: 'EMAIL',
    message: 'cannot mail ••••: mailbox full',
  });
});

test('a stored failure tells where it was thrown, by paths of the code, without the message and without libraries', () => {
  const error = new Error('cannot mail ada@example.com');
  error.stack = [
    'Error: cannot mail ada@example.com',
    '    at sendMail (file:///srv/shop/services/notifications/src/adapters/mailer.ts:12:9)',
    '    at Client.run (/srv/shop/node_modules/pg/lib/client.js:600:5)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)',
  ].join('\n');
  expect(failureRecord(error, []).stack).toBe('at sendMail (services/notifications/src/adapters/mailer.ts:12:9)');
});
