import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** `orders-9f2c41ab07de`: for topics, groups, consumers and whatever else outlives a test. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

/**
 * Asks until the condition holds, and resolves to what it returned: anything but `false`, `null` and `undefined`. What it throws
 * is asked again too, so that assertions can stand in it.
 * @throws Error after the deadline, with what was seen last.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  options: { readonly deadlineMs?: number; readonly what: string; readonly everyMs?: number },
): Promise<Exclude<T, false | null | undefined>> {
  const deadlineMs = options.deadlineMs ?? 10_000;
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    let seen: unknown;
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined)
        return value as Exclude<T, false | null | undefined>;
      seen = value;
    } catch (error) {
      seen = error;
    }
    if (performance.now() >= deadline) {
      const last = seen instanceof Error ? seen.message : String(seen);
      throw new Error(`${options.what}: not within ${deadlineMs} ms; last seen: ${last}`, { cause: seen });
    }
    await delay(options.everyMs ?? 20);
  }
}
