import type { EventToPublish } from '@waybill/messaging';
import { rendition } from '@waybill/messaging';
import { customerId, orderId, OrderPlacedV1, type OrderPlacedV2Data } from '@waybill/schemas';
import { type Order, type OrderLine, placed } from '../domain/order.ts';
import { totalAmount, totalQuantity } from '../domain/totals.ts';

/** What a customer asks for. */
export interface OrderRequest {
  readonly customerId: string;
  readonly email: string;
  readonly lines: readonly OrderLine[];
  readonly currency: string;
  readonly reference: string | undefined;
}

/** The order that a request makes, under an id that nobody else has. */
export function newOrder(request: OrderRequest, id: string, at: Date): Order {
  const total = totalAmount(request.lines);
  return { ...request, ...placed(total), orderId: id, total, placedAt: at, updatedAt: at };
}

/** The fact that an order was placed: v2, with v1 beside it for those who do not know lines yet. */
export function orderPlaced(order: Order): EventToPublish<OrderPlacedV2Data> {
  const shared = {
    orderId: orderId(order.orderId),
    customerId: customerId(order.customerId),
    email: order.email,
    total: order.total,
    placedAt: order.placedAt,
  };
  return {
    aggregateId: order.orderId,
    data: {
      ...shared,
      lines: order.lines,
      currency: order.currency,
      reference: order.reference ?? null,
    },
    renditions: [rendition(OrderPlacedV1, { ...shared, quantity: totalQuantity(order.lines) })],
  };
}
