import { type Fact, fact } from '@waybill/messaging';
import { OrderCancelledV1, OrderConfirmedV1, OrderFulfilledV1, orderId } from '@waybill/schemas';
import type { Decision } from '../domain/order.ts';

/** What the world is told about a decision; nothing when it is only noted, ignored or refused. */
export function announcement(id: string, decision: Decision, at: Date): Fact | undefined {
  switch (decision.kind) {
    case 'confirmed':
      return fact(OrderConfirmedV1, { aggregateId: id, data: { orderId: orderId(id), confirmedAt: at } });
    case 'cancelled':
      return fact(OrderCancelledV1, {
        aggregateId: id,
        data: { orderId: orderId(id), reason: decision.reason, cancelledAt: at },
      });
    case 'fulfilled':
      return fact(OrderFulfilledV1, { aggregateId: id, data: { orderId: orderId(id), fulfilledAt: at } });
    case 'noted':
    case 'ignored':
    case 'refused':
      return undefined;
  }
}
