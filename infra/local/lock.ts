import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

/** A held lock. The system lets it go when the process ends, however it ends. */
export interface Lock {
  release(): void;
}

/**
 * Takes an exclusive lock named by a path, or undefined when another process (or another caller here) holds it.
 * SQLite's own lock file is used because it is the one lock in Node that survives no owner, on every platform:
 * a pid in a file must be taken over by hand, and two that do so at once both believe to hold it.
 */
export function tryLock(path: string): Lock | undefined {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) return undefined;
    throw error;
  }
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}

/** Does the work with the lock held; `onWait` is called once when another holds it at first. */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  let lock = tryLock(path);
  if (lock === undefined) onWait?.();
  while (lock === undefined) {
    await delay(100);
    lock = tryLock(path);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
