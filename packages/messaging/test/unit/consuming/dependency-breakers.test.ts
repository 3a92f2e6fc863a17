import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DependencyBreakers } from '../../../src/consuming/dependency-breakers.ts';
import { PauseError, RetryableError, TerminalError } from '../../../src/errors.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a circuit breaker around a dependency', () => {
  let calls: number;
  let answer: () => Promise<string>;
  const bank = new DependencyBreakers(() => 0);
  const call = async (breakers = bank, dependency: string | undefined = 'bank') =>
    breakers.call(dependency, async () => {
      calls += 1;
      return answer();
    });
  const refuse = (error: Error) => async () => {
    throw error;
  };

  beforeEach(() => {
    calls = 0;
    answer = async () => 'paid';
  });

  test('lets nobody call after five failures in a row, until one probe may', async () => {
    const breakers = new DependencyBreakers(() => 0);
    answer = refuse(new RetryableError('not now'));
    for (let n = 0; n < 5; n += 1) await expect(call(breakers)).rejects.toThrow('not now');
    await expect(call(breakers)).rejects.toBeInstanceOf(PauseError);
    await expect(call(breakers)).rejects.toMatchObject({ dependency: 'bank', probeAfterMs: 2_050 });
    expect(calls).toBe(5);
    answer = async () => 'paid';
    await vi.advanceTimersByTimeAsync(2_050);
    expect(await call(breakers)).toBe('paid');
    expect(await call(breakers)).toBe('paid');
  });

  test('says how each dependency stands, and since when', async () => {
    let now = 1_000;
    const breakers = new DependencyBreakers(() => now);
    expect(breakers.status).toEqual([]);
    answer = refuse(new RetryableError('not now'));
    await call(breakers).catch(() => undefined);
    expect(breakers.status).toEqual([{ dependency: 'bank', state: 'closed', since: 1_000 }]);
    now = 2_000;
    for (let n = 0; n < 4; n += 1) await call(breakers).catch(() => undefined);
    now = 3_000;
    expect(breakers.status).toEqual([{ dependency: 'bank', state: 'open', since: 2_000 }]);
  });

  test('takes a refusal of one event for an answer', async () => {
    const breakers = new DependencyBreakers(() => 0);
    answer = refuse(new TerminalError('no such account'));
    for (let n = 0; n < 9; n += 1) await expect(call(breakers)).rejects.toBeInstanceOf(TerminalError);
    expect(calls).toBe(9);
  });

  test('knows each dependency for itself, and leaves calls alone that declare none', async () => {
    const breakers = new DependencyBreakers(() => 0);
    answer = refuse(new Error('gone'));
    for (let n = 0; n < 7; n += 1) await call(breakers).catch(() => undefined);
    await expect(call(breakers, 'post office')).rejects.toThrow('gone');
    for (let n = 0; n < 7; n += 1) await expect(breakers.call(undefined, answer)).rejects.toThrow('gone');
  });
});
