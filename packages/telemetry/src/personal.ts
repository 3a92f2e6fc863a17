/** What stands in a log in place of personal data. */
export const masked = '[personal]';

/**
 * A copy of `data` in which the contract's personal fields are masked. Paths are as contracts have them: `email`,
 * `customer.email`, `lines[].note`. Null and missing stay as they are, and everything else is shared with the original.
 */
export function maskPersonal(contract: { readonly personal: readonly string[] }, data: unknown): unknown {
  return contract.personal.reduce<unknown>((copy, path) => maskAt(copy, segments(path)), data);
}

function segments(path: string): readonly string[] {
  return path
    .replaceAll('[]', '.[]')
    .split('.')
    .filter((part) => part !== '');
}

function maskAt(value: unknown, path: readonly string[]): unknown {
  if (value === null || value === undefined) return value;
  const [head, ...rest] = path;
  if (head === undefined) return masked;
  if (head === '[]') return Array.isArray(value) ? value.map((item) => maskAt(item, rest)) : value;
  if (typeof value !== 'object' || !Object.hasOwn(value, head)) return value;
  return { ...value, [head]: maskAt((value as Readonly<Record<string, unknown>>)[head], rest) };
}
