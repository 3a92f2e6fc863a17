import {
  consumer,
  type ConsumerDefinition,
  type HandlerContext,
  on,
  type Queryable,
  TerminalError,
  upcaster,
} from '@waybill/messaging';
import {
  PaymentCapturedV1,
  paymentCapturedV1ToV2,
  PaymentCapturedV2,
  PaymentDeclinedV1,
  ShipmentDispatchedV1,
  StockRejectedV1,
  StockReservedV1,
} from '@waybill/schemas';
import { ledgered } from '@waybill/service';
import { decide, type OrderFact } from '../domain/order.ts';
import { announcement } from './announce.ts';
import type { Orders } from './orders.ts';

export interface ProcessPorts {
  orders(tx: Queryable): Orders;
  now(): Date;
}

/**
 * Moves orders along by what payments, inventory and shipping say. Nothing orders their topics relative to each
 * other, so each fact is joined to what is already known, under the order's row lock.
 */
export function orderProcess(ports: ProcessPorts): ConsumerDefinition {
  const name = 'orders.process';

  async function learn(orderId: string, fact: OrderFact, context: HandlerContext): Promise<void> {
    const orders = ports.orders(context.tx);
    const order = await orders.lock(orderId);
    if (order === undefined) {
      throw new TerminalError(`There is no order ${orderId}. Find out who published this, and skip it.`, {
        code: 'orders.unknown-order',
      });
    }
    const decision = decide(order, fact);
    if (decision.kind === 'refused') {
      throw new TerminalError(`Order ${orderId} is ${order.status} and cannot be ${fact}. Compare the two sides.`, {
        code: 'orders.contradiction',
      });
    }
    if (decision.kind === 'ignored') return;
    const at = ports.now();
    await orders.saveProgress(orderId, decision.progress, at);
    const news = announcement(orderId, decision, at);
    if (news !== undefined) await context.publish(news.contract, news.event);
  }

  return consumer({
    name,
    kind: 'reaction',
    from: 'beginning',
    objective: { visibleWithinMs: 2_000, share: 0.99 },
    upcasters: [upcaster(PaymentCapturedV1, PaymentCapturedV2, paymentCapturedV1ToV2)],
    handlers: ledgered(
      [
        on(PaymentCapturedV2, ({ data }, context) => learn(data.orderId, 'paid', context)),
        on(PaymentDeclinedV1, ({ data }, context) => learn(data.orderId, 'declined', context)),
        on(StockReservedV1, ({ data }, context) => learn(data.orderId, 'reserved', context)),
        on(StockRejectedV1, ({ data }, context) => learn(data.orderId, 'rejected', context)),
        on(ShipmentDispatchedV1, ({ data }, context) => learn(data.orderId, 'dispatched', context)),
      ],
      name,
    ),
  });
}
