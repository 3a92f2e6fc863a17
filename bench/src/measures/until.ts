import { setTimeout as delay } from 'node:timers/promises';

/**
 * Reads a growing number until it is `goal`, or has not moved for `stallMs`; answers what it was last. What it throws
 * meanwhile is thrown.
 */
export async function untilReached(
  read: () => Promise<number>,
  goal: number,
  { stallMs, everyMs = 50 }: { readonly stallMs: number; readonly everyMs?: number },
): Promise<number> {
  let last = -1;
  let movedAt = performance.now();
  for (;;) {
    const now = await read();
    if (now >= goal) return now;
    if (now > last) {
      last = now;
      movedAt = performance.now();
    } else if (performance.now() - movedAt > stallMs) return now;
    await delay(everyMs);
  }
}
