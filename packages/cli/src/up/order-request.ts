import type { Purchase } from './purchases.ts';

/** The articles of the sample inventory are `cd-00` to `cd-19`. */
const articles = 20;

/** What `POST /orders` takes. */
export interface OrderRequest {
  readonly customerId: string;
  readonly email: string;
  readonly currency: 'USD';
  readonly reference: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly amount: string }[];
}

/** A purchase as an order. The data says neither what was bought nor an address: both follow from the customer. */
export function orderRequest({ line, customerId, quantity, amount }: Purchase): OrderRequest {
  const article = Array.from(customerId).reduce((sum, character) => (sum * 10 + digitOf(character)) % articles, 0);
  return {
    customerId,
    email: `customer-${customerId}@example.com`,
    currency: 'USD',
    reference: `line-${line}`,
    lines: [{ sku: `cd-${String(article).padStart(2, '0')}`, quantity, amount }],
  };
}

function digitOf(character: string): number {
  const digit = Number.parseInt(character, 36);
  return Number.isNaN(digit) ? 0 : digit;
}
