/** Where on an axis a time stands. */
export interface TimeScale {
  /** The place of a time, 0 to 1; times are in milliseconds since 1970. */
  readonly at: (time: number) => number;
  /** Stretches that are drawn shorter than they are, since nothing begins or ends in them. */
  readonly cuts: readonly { readonly from: number; readonly to: number }[];
}

/** The share of the axis that one uneventful stretch may take at most. */
const longestShare = 0.3;

/**
 * An axis on which what happened can be told apart although one stretch is far longer than all others: a wait of an
 * hour beside work of milliseconds. Such a stretch is cut; every other keeps its length against its neighbours.
 *
 * @param times All times at which something begins or ends.
 */
export function timeScale(times: readonly number[]): TimeScale {
  const marks = [...new Set(times)].sort((a, b) => a - b);
  const first = marks[0] ?? 0;
  const total = (marks.at(-1) ?? first) - first;
  if (total <= 0) return { at: () => 0, cuts: [] };
  const stretches = marks.slice(1).map((to, index) => ({ from: marks[index] ?? first, to }));
  const longest = stretches.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a));
  const share = (longest.to - longest.from) / total;
  const isCut = stretches.length > 2 && share > 0.6;
  if (!isCut) return { at: (time) => clamped((time - first) / total), cuts: [] };
  const others = total - (longest.to - longest.from);
  const place = (time: number) => {
    const before = Math.min(time, longest.from) - first;
    const within = clamped((time - longest.from) / (longest.to - longest.from));
    const after = Math.max(0, time - longest.to);
    return clamped(((before + after) / others) * (1 - longestShare) + within * longestShare);
  };
  return { at: place, cuts: [longest] };
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}
