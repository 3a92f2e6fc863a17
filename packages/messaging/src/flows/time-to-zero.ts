/** A backlog at a time, milliseconds since 1970. */
export interface BacklogSample {
  readonly at: number;
  readonly lag: number;
}

/** Where a backlog goes, if it goes on as it did. */
export type TimeToZero =
  { readonly state: 'at-rest' | 'grows' | 'stands' | 'not-known' } | { readonly state: 'empties'; readonly ms: number };

/** How far back the slope is taken from, in milliseconds. */
const windowMs = 120_000;
const leastSamples = 3;
const leastSpanMs = 15_000;
/** A change below this share of the backlog over the window is none. */
const noise = 0.02;
/** What takes longer than this to empty does not empty, as far as anybody who waits is concerned. */
const longestMs = 7 * 86_400_000;

/**
 * When a backlog is gone, from the slope of a straight line through its last samples (least squares). With less than three
 * samples of the last two minutes, or with some that lie close together, it is not known.
 *
 * @param samples Oldest first.
 */
export function timeToZero(samples: readonly BacklogSample[]): TimeToZero {
  const last = samples.at(-1);
  if (last === undefined) return { state: 'not-known' };
  if (last.lag <= 0) return { state: 'at-rest' };
  const recent = samples.filter(({ at }) => last.at - at <= windowMs);
  const span = last.at - (recent[0]?.at ?? last.at);
  if (recent.length < leastSamples || span < leastSpanMs) return { state: 'not-known' };
  const perMs = slope(recent);
  const mean = recent.reduce((sum, { lag }) => sum + lag, 0) / recent.length;
  if (Math.abs(perMs * span) < Math.max(1, noise * mean)) return { state: 'stands' };
  if (perMs > 0) return { state: 'grows' };
  const ms = last.lag / -perMs;
  return ms > longestMs ? { state: 'stands' } : { state: 'empties', ms };
}

function slope(samples: readonly BacklogSample[]): number {
  const origin = samples[0]?.at ?? 0;
  const count = samples.length;
  const meanAt = samples.reduce((sum, { at }) => sum + (at - origin), 0) / count;
  const meanLag = samples.reduce((sum, { lag }) => sum + lag, 0) / count;
  let [over, under] = [0, 0];
  for (const { at, lag } of samples) {
    over += (at - origin - meanAt) * (lag - meanLag);
    under += (at - origin - meanAt) ** 2;
  }
  return under === 0 ? 0 : over / under;
}
