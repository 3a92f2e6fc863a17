import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tryLock, withLock } from '../../local/lock.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waybill-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('a lock has one holder, until it lets go', () => {
  const path = join(directory, 'one.lock');
  const held = tryLock(path);
  expect(held).toBeDefined();
  expect(tryLock(path)).toBeUndefined();
  held?.release();
  const next = tryLock(path);
  expect(next).toBeDefined();
  next?.release();
});

test('work under a lock is never done by two at once, and a failure lets the next one in', async () => {
  const path = join(directory, 'work.lock');
  let inside = 0;
  let most = 0;
  const work = (fails: boolean) => async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise(setImmediate);
    inside -= 1;
    if (fails) throw new Error('as planned');
  };
  const outcomes = await Promise.allSettled([
    withLock(path, work(true)),
    withLock(path, work(false)),
    withLock(path, work(false)),
  ]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(most).toBe(1);
});
