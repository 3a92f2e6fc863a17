import { useState } from 'react';
import { heldList, type HeldList } from './held-list.ts';

/**
 * Holds a list still while it is read, see {@link heldList}.
 *
 * @param scope What the list is of; another filter is another list, and is shown at once.
 */
export function useHeldList<Item>(
  latest: readonly Item[] | undefined,
  keyOf: (item: Item) => string,
  scope: string,
): HeldList<Item> & { readonly showLatest: () => void } {
  const [shown, setShown] = useState<{ readonly scope: string; readonly items: readonly Item[] }>();
  const isFirst = latest !== undefined && (shown === undefined || shown.scope !== scope || shown.items.length === 0);
  if (isFirst && (shown?.scope !== scope || latest.length > 0)) setShown({ scope, items: latest });
  const items = shown?.scope === scope ? shown.items : (latest ?? []);
  return { ...heldList(items, latest ?? items, keyOf), showLatest: () => setShown({ scope, items: latest ?? [] }) };
}
