/** A number with its thousands apart: `12,345`. */
export function grouped(count: number): string {
  return count.toLocaleString('en');
}

/** A count with its noun: `1 entry`, `12,345 entries`. The plural is the singular and an s when it is not given. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** A share of 0 to 1 in whole percent: `23 %`; what is not nothing is never `0 %`. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %';
  return `${Math.round(share * 100)} %`;
}

/** Words in a row: `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
