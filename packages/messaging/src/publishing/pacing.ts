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

/**
 * When the next batch is read: `ahead`, while the last one is in flight, or, to `keep-up` with what is committed, when
 * that was acknowledged. What is read ahead of a send waits for it, and what is committed meanwhile waits for one more.
 */
type ReadPace = 'ahead' | 'keep-up';

/**
 * Milliseconds between an acknowledgement and the next look while the relay keeps up, unless it is called from its own
 * process. A look and a send cost about a millisecond of processor time, be it for one event or for twenty: a relay in
 * the process that commits looks at once; one that is apart gathers what is committed meanwhile.
 */
export const BREATHER_MS = 3;

/** Reading ahead pays when reading takes long: in a backlog, and when batches are a quarter full. */
export function paceAfter(
  batch: { readonly rows: { readonly length: number }; readonly more: boolean },
  batchRows: number,
): ReadPace {
  return batch.more || batch.rows.length * 4 >= batchRows ? 'ahead' : 'keep-up';
}
