import type { Decimal } from 'decimal.js';

export type OrderStatus = 'PLACED' | 'CONFIRMED' | 'FULFILLED' | 'CANCELLED';
export type CancelReason = 'CUSTOMER_REQUEST' | 'PAYMENT_DECLINED' | 'STOCK_REJECTED';

export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  /** The price of the whole line, not of one piece. */
  readonly amount: Decimal;
}

export interface Order {
  readonly orderId: string;
  readonly customerId: string;
  readonly email: string;
  readonly lines: readonly OrderLine[];
  readonly total: Decimal;
  readonly currency: string;
  /** What the customer calls this order; another order may carry the same. */
  readonly reference: string | undefined;
  readonly status: OrderStatus;
  readonly paid: boolean;
  readonly reserved: boolean;
  readonly cancelReason: CancelReason | undefined;
  readonly placedAt: Date;
  readonly updatedAt: Date;
}

/** What the order learns: from payments, inventory and shipping, or from its customer. */
export type OrderFact = 'paid' | 'declined' | 'reserved' | 'rejected' | 'dispatched' | 'cancel-requested';

/** The part of an order that a decision reads and changes. */
export type OrderProgress = Pick<Order, 'status' | 'paid' | 'reserved' | 'cancelReason'>;

/**
 * What a fact does to an order.
 * - `noted`: remembered, nothing to tell anyone.
 * - `confirmed`, `cancelled`, `fulfilled`: the order moved on, and everyone is told.
 * - `ignored`: it changes nothing any more.
 * - `refused`: the order cannot take it in the state that it is in.
 */
export type Decision =
  | { readonly kind: 'noted' | 'confirmed' | 'fulfilled'; readonly progress: OrderProgress }
  | { readonly kind: 'cancelled'; readonly reason: CancelReason; readonly progress: OrderProgress }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'refused' };

/** The progress of an order that was placed just now: with nothing to pay, it is paid. */
export function placed(total: Decimal): OrderProgress {
  return { status: 'PLACED', paid: total.isZero(), reserved: false, cancelReason: undefined };
}

/**
 * Joins what payments and inventory say, in whichever order it comes: an order is confirmed once it is paid and
 * reserved, and cancelled by the first thing that goes wrong before that. It is never both.
 */
export function decide(order: OrderProgress, fact: OrderFact): Decision {
  switch (fact) {
    case 'paid':
      return joined({ ...order, paid: true }, order);
    case 'reserved':
      return joined({ ...order, reserved: true }, order);
    case 'declined':
      return cancelled(order, 'PAYMENT_DECLINED');
    case 'rejected':
      return cancelled(order, 'STOCK_REJECTED');
    case 'cancel-requested':
      return order.status === 'CONFIRMED' || order.status === 'FULFILLED'
        ? { kind: 'refused' }
        : cancelled(order, 'CUSTOMER_REQUEST');
    case 'dispatched':
      return dispatched(order);
  }
}

function joined(next: OrderProgress, before: OrderProgress): Decision {
  if (before.status !== 'PLACED') return { kind: 'ignored' };
  if (next.paid && next.reserved) return { kind: 'confirmed', progress: { ...next, status: 'CONFIRMED' } };
  return { kind: 'noted', progress: next };
}

function cancelled(order: OrderProgress, reason: CancelReason): Decision {
  if (order.status === 'CANCELLED') return { kind: 'ignored' };
  // What was paid and reserved was so for good: a failure that comes after it contradicts what the others said.
  if (order.status !== 'PLACED') return { kind: 'refused' };
  return { kind: 'cancelled', reason, progress: { ...order, status: 'CANCELLED', cancelReason: reason } };
}

function dispatched(order: OrderProgress): Decision {
  switch (order.status) {
    case 'CONFIRMED':
      return { kind: 'fulfilled', progress: { ...order, status: 'FULFILLED' } };
    case 'FULFILLED':
      return { kind: 'ignored' };
    case 'PLACED':
    case 'CANCELLED':
      return { kind: 'refused' };
  }
}
