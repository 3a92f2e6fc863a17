/** Milliseconds before the given attempt (1 for the first retry): full jitter between 0 and `min(cap, base·2^attempt)`. */
export function fullJitter(attempt: number, random: number, baseMs = 20, capMs = 2_000): number {
  return random * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
}

/**
 * Milliseconds to wait before the next look, after `emptyLooks` in a row found nothing: 5, 10, 20 … 250, and after
 * about ten seconds of rest 1,000, which a wake-up cuts short. Without a listener rest stays at 500, since nobody
 * would cut it short.
 */
export function idleDelay(emptyLooks: number, listening: boolean): number {
  if (emptyLooks < 45) return Math.min(250, 5 * 2 ** Math.min(Math.max(emptyLooks - 1, 0), 10));
  return listening ? 1_000 : 500;
}
