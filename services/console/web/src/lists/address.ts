/** A filter as it stands in an address. What is absent does not restrict. */
export type Filter<Name extends string> = { readonly [name in Name]?: string | undefined };

/** Reads the query of an address, as text: `?q=1042` is the text `1042`. Of a name that comes twice, the last counts. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

/** Writes what {@link parseSearch} reads; empty and absent values are left out, so that no filter is no query. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === 'string' && value !== '') params.set(name, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** Takes the known names out of an address and leaves the rest, so that a wrong link shows a list and not an error. */
export function filterFrom<Name extends string>(
  search: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): Filter<Name> {
  const known = names.flatMap((name) => {
    const value = search[name];
    return typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()] as const] : [];
  });
  return Object.fromEntries(known) as Filter<Name>;
}
