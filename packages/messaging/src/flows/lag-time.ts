/** An end that the log of a partition was seen to have, and when: the first and the last time, milliseconds since 1970. */
export interface LogEnd {
  /** The offset that the next record would get. */
  readonly high: bigint;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** For how long the oldest event that was not read has lain in the log: known, or longer than anybody looked. */
export interface LagTime {
  readonly ms: number;
  readonly known: 'measured' | 'at-least';
}

/**
 * How old the event at a position is, from when the log was seen to pass it: after the last time that the log ended at or
 * before the position, and before the first time that it ended behind it. Between the two, events are taken to have come
 * evenly. Undefined when nothing lies behind the position.
 *
 * @param before The last end at or before the position; undefined when the log was longer than that whenever it was seen.
 * @param after The first end behind the position.
 */
export function lagTime(
  position: bigint,
  seen: { readonly before: LogEnd | undefined; readonly after: LogEnd | undefined },
  now: number,
): LagTime | undefined {
  const { before, after } = seen;
  if (after === undefined || after.high <= position) return undefined;
  if (before === undefined) return { ms: Math.max(0, now - after.firstAt), known: 'at-least' };
  const share = Number(position + 1n - before.high) / Number(after.high - before.high);
  const cameAt = before.lastAt + Math.min(1, Math.max(0, share)) * (after.firstAt - before.lastAt);
  return { ms: Math.max(0, now - cameAt), known: 'measured' };
}

/** The longest of several partitions; one that is known only as at least so much makes the whole so when it is the longest. */
export function longestLag(lags: Iterable<LagTime | undefined>): LagTime | undefined {
  let longest: LagTime | undefined;
  for (const lag of lags) {
    if (lag !== undefined && (longest === undefined || lag.ms > longest.ms)) longest = lag;
  }
  return longest;
}
