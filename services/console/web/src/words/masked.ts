/** What stands in the place of a value that may not be seen. */
export const mask = '••••';

/** Who can see a masked value, for the one who sees the mask. */
export const maskHint = 'Personal value, masked. An operator can ask to see it for 15 minutes; an approver must agree.';

/**
 * Whether a value is masked.
 *
 * @param path Where it is: `email`, `lines[0].note`, `contacts.home.phone`.
 * @param masked Paths with `[]` for any element and `{}` for any key: `lines[].note`, `contacts{}.phone`.
 */
export function isMasked(path: string, masked: readonly string[]): boolean {
  return masked.some((pattern) => pattern === path || patternOf(pattern).test(path));
}

function patternOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.*+?^$()|\\/]/g, String.raw`\$&`)
    .replaceAll('[]', String.raw`\[\d+\]`)
    .replaceAll('{}', String.raw`\.[^.[\]]+`);
  return new RegExp(`^${source}$`);
}

/** The path of a member of the value at `path`; an index for an element, a name for a field or key. */
export function memberPath(path: string, member: string | number): string {
  if (typeof member === 'number') return `${path}[${member}]`;
  return path === '' ? member : `${path}.${member}`;
}

/** The data with the mask in the place of each masked value, to be shown raw. */
export function withMasks(data: unknown, masked: readonly string[], path = ''): unknown {
  return mapValues(data, masked, path, () => mask);
}

/** The data without its masked values, to be copied: copying a masked value copies nothing. */
export function withoutMasked(data: unknown, masked: readonly string[], path = ''): unknown {
  return mapValues(data, masked, path, () => undefined);
}

function mapValues(data: unknown, masked: readonly string[], path: string, put: () => unknown): unknown {
  if (path !== '' && isMasked(path, masked)) return put();
  if (Array.isArray(data)) {
    return data.map((item: unknown, index) => mapValues(item, masked, memberPath(path, index), put));
  }
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]: [string, unknown]) => [
      name,
      mapValues(value, masked, memberPath(path, name), put),
    ]),
  );
}
