/** Full jitter: a random wait between `floorMs` and `min(capMs, baseMs * 2^attempt)`, in milliseconds. */
export function fullJitterMs(
  attempt: number,
  { baseMs, capMs, floorMs }: { readonly baseMs: number; readonly capMs: number; readonly floorMs: number },
  random: () => number = Math.random,
): number {
  const ceiling = Math.max(floorMs, Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30)));
  return Math.round(floorMs + random() * (ceiling - floorMs));
}

/** Waits, or returns early when the signal aborts. */
export async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
