/** So many pieces of one article. */
export interface StockLine {
  readonly sku: string;
  readonly quantity: number;
}

export type ReservationStatus = 'RESERVED' | 'REJECTED' | 'RELEASED';

/**
 * What becomes of an order's wish for stock: all of its lines are taken, or none.
 * A rejection names the first article (in article order) that was short.
 */
export type StockDecision =
  | { readonly kind: 'reserved'; readonly taken: readonly StockLine[] }
  | { readonly kind: 'rejected'; readonly sku: string; readonly requested: number; readonly available: number };

/** Adds up the lines of the same article; the result is in article order, in which stock is locked. */
export function byArticle(lines: readonly StockLine[]): readonly StockLine[] {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity })).sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** Decides on `lines` given what is `available` per article; an article that is not kept counts as none. */
export function reserve(lines: readonly StockLine[], available: ReadonlyMap<string, number>): StockDecision {
  const wanted = byArticle(lines);
  for (const { sku, quantity } of wanted) {
    const here = available.get(sku) ?? 0;
    if (quantity > here) return { kind: 'rejected', sku, requested: quantity, available: here };
  }
  return { kind: 'reserved', taken: wanted };
}
