import type { Fact } from '@waybill/messaging';
import { decide, type Order, type OrderStatus } from '../domain/order.ts';
import { announcement } from './announce.ts';
import type { Orders } from './orders.ts';

export type Cancellation =
  | { readonly kind: 'cancelled'; readonly order: Order; readonly news: Fact | undefined }
  | { readonly kind: 'too-late'; readonly status: OrderStatus }
  | { readonly kind: 'unknown' };

/**
 * Cancels an order for its customer, within the transaction that `orders` stands for. An order that is cancelled
 * already stays so, without news; one that was confirmed is past the point of no return.
 */
export async function cancelOrder(orders: Orders, orderId: string, at: Date): Promise<Cancellation> {
  const order = await orders.lock(orderId);
  if (order === undefined) return { kind: 'unknown' };
  const decision = decide(order, 'cancel-requested');
  switch (decision.kind) {
    case 'cancelled':
      await orders.saveProgress(orderId, decision.progress, at);
      return {
        kind: 'cancelled',
        order: { ...order, ...decision.progress, updatedAt: at },
        news: announcement(orderId, decision, at),
      };
    case 'ignored':
      return { kind: 'cancelled', order, news: undefined };
    default:
      return { kind: 'too-late', status: order.status };
  }
}
