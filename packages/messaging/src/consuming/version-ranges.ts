/** Versions from `from` to `to`, both included. */
export interface VersionRange {
  readonly from: number;
  readonly to: number;
}

export function containsVersion(ranges: readonly VersionRange[], version: number): boolean {
  return ranges.some((range) => range.from <= version && version <= range.to);
}

/** The ranges with `added` among them, sorted, those that touch joined. An empty range (`from` above `to`) adds nothing. */
export function addRange(ranges: readonly VersionRange[], added: VersionRange): readonly VersionRange[] {
  if (added.from > added.to) return ranges;
  const sorted = [...ranges, added].toSorted((a, b) => a.from - b.from);
  const joined: VersionRange[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && range.from <= last.to + 1) {
      joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    } else {
      joined.push(range);
    }
  }
  return joined;
}

/** The ranges without one version. */
export function removeVersion(ranges: readonly VersionRange[], version: number): readonly VersionRange[] {
  return ranges.flatMap((range) => {
    if (version < range.from || version > range.to) return [range];
    return [
      { from: range.from, to: version - 1 },
      { from: version + 1, to: range.to },
    ].filter((part) => part.from <= part.to);
  });
}
