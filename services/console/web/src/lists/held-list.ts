/** A row that is shown, and whether the latest answer still has it. */
export interface HeldRow<Item> {
  readonly item: Item;
  readonly gone: boolean;
}

export interface HeldList<Item> {
  readonly rows: readonly HeldRow<Item>[];
  /** Items that came since and are not shown yet. */
  readonly fresh: number;
  /** Whether showing the latest would change which rows stand where. */
  readonly changed: boolean;
}

/**
 * What a list shows while somebody reads it: the rows that it had, in the order that it had, with their latest values.
 * What came since is only counted, and what went stays in its place and is marked.
 */
export function heldList<Item>(
  shown: readonly Item[],
  latest: readonly Item[],
  keyOf: (item: Item) => string,
): HeldList<Item> {
  const newest = new Map(latest.map((item) => [keyOf(item), item]));
  const rows = shown.map((item) => {
    const now = newest.get(keyOf(item));
    return now === undefined ? { item, gone: true } : { item: now, gone: false };
  });
  const known = new Set(shown.map(keyOf));
  const fresh = latest.filter((item) => !known.has(keyOf(item))).length;
  const order = latest.map(keyOf).join('\n') !== shown.map(keyOf).join('\n');
  return { rows, fresh, changed: fresh > 0 || order };
}
