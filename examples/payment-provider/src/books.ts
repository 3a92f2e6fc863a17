/** What was asked, as far as two requests with one key must agree on it. */
export interface Order {
  readonly operation: 'capture' | 'refund';
  readonly orderId: string;
  readonly amount: string;
  readonly currency: string;
}

export interface Entry {
  readonly order: Order;
  readonly answer: Readonly<Record<string, string>>;
}

export interface OrderCounts {
  captures: number;
  refunds: number;
  declines: number;
}

/** How often each order's money moved, and the answers given for keys; both forget the oldest beyond `limit`. */
export class Books {
  readonly #limit: number;
  readonly #entries = new Map<string, Entry>();
  readonly #attempts = new Map<string, number>();
  readonly #orders = new Map<string, OrderCounts>();
  readonly totals = { captures: 0, refunds: 0, declines: 0, repeats: 0, limited: 0, failing: 0 };

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts another attempt with `key`; 1 for the first. */
  attempt(key: string): number {
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    this.#forget(this.#attempts);
    return attempt;
  }

  entry(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Writes down what was done for `key`. */
  record(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#forget(this.#entries);
    const counts = this.#orders.get(entry.order.orderId) ?? { captures: 0, refunds: 0, declines: 0 };
    const counted = entry.answer['status'] === 'declined' ? 'declines' : (`${entry.order.operation}s` as const);
    counts[counted] += 1;
    this.totals[counted] += 1;
    this.#orders.set(entry.order.orderId, counts);
    this.#forget(this.#orders);
  }

  /** Counts per order, in the order in which their first entry was written. */
  orders(): ReadonlyMap<string, Readonly<OrderCounts>> {
    return this.#orders;
  }

  /** Whether the order's money was taken and not given back. */
  holds(orderId: string): boolean {
    const counts = this.#orders.get(orderId);
    return counts !== undefined && counts.captures > counts.refunds;
  }

  #forget(map: Map<string, unknown>): void {
    if (map.size <= this.#limit) return;
    for (const oldest of map.keys()) {
      map.delete(oldest);
      return;
    }
  }
}
