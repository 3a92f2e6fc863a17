import { consumer, type ConsumerDefinition, type HandlerContext, on, type Queryable } from '@waybill/messaging';
import {
  OrderCancelledV1,
  OrderPlacedV2,
  type OrderPlacedV2Data,
  type OrderId,
  StockRejectedV1,
  StockReleasedV1,
  StockReservedV1,
} from '@waybill/schemas';
import { ledgered } from '@waybill/service';
import { byArticle, reserve } from '../domain/stock.ts';
import type { Stock } from './stock.ts';

export interface ReservationPorts {
  stock(tx: Queryable): Stock;
  now(): Date;
}

/** Reserves or rejects stock for each order that was placed, and gives it back when the order is cancelled. */
export function reservations({ stock: stockIn, now }: ReservationPorts): ConsumerDefinition {
  const name = 'inventory.reservations';

  async function reserveFor({ orderId, lines }: OrderPlacedV2Data, context: HandlerContext): Promise<void> {
    const stock = stockIn(context.tx);
    const available = await stock.lock(byArticle(lines).map(({ sku }) => sku));
    const decision = reserve(lines, available);
    const at = now();
    if (decision.kind === 'rejected') {
      const { sku, requested, available: left } = decision;
      await stock.saveReservation({ orderId, status: 'REJECTED', lines: [], updatedAt: at });
      await context.publish(StockRejectedV1, {
        aggregateId: orderId,
        data: { orderId, sku, requested, available: left, rejectedAt: at },
      });
      return;
    }
    await stock.take(decision.taken);
    await stock.saveReservation({ orderId, status: 'RESERVED', lines: decision.taken, updatedAt: at });
    await context.publish(StockReservedV1, {
      aggregateId: orderId,
      data: { orderId, lines: decision.taken, reservedAt: at },
    });
  }

  async function releaseFor(orderId: OrderId, context: HandlerContext): Promise<void> {
    const stock = stockIn(context.tx);
    const kept = await stock.reservation(orderId);
    if (kept?.status !== 'RESERVED') return;
    const at = now();
    await stock.lock(kept.lines.map(({ sku }) => sku));
    await stock.giveBack(kept.lines);
    await stock.saveReservation({ ...kept, status: 'RELEASED', updatedAt: at });
    await context.publish(StockReleasedV1, {
      aggregateId: orderId,
      data: { orderId, lines: kept.lines, releasedAt: at },
    });
  }

  return consumer({
    name,
    kind: 'reaction',
    from: 'beginning',
    objective: { visibleWithinMs: 2_000, share: 0.99 },
    handlers: ledgered(
      [
        on(OrderPlacedV2, ({ data }, context) => reserveFor(data, context)),
        on(OrderCancelledV1, ({ data }, context) => releaseFor(data.orderId, context)),
      ],
      name,
    ),
  });
}
