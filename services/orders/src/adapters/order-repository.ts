import { Decimal } from 'decimal.js';
import type { Kysely, Selectable } from 'kysely';
import type { Orders } from '../application/orders.ts';
import type { Order } from '../domain/order.ts';
import type { OrdersDatabase, OrdersTable } from './tables.ts';

/** The orders in a transaction of Kysely's, or one borrowed with `kyselyOver`. */
export function orderRepository(db: Kysely<OrdersDatabase>): Orders {
  return {
    async insert(order) {
      await db
        .insertInto('orders')
        .values({
          order_id: order.orderId,
          customer_id: order.customerId,
          email: order.email,
          lines: JSON.stringify(order.lines.map((line) => ({ ...line, amount: line.amount.toFixed(2) }))),
          total: order.total.toFixed(2),
          currency: order.currency,
          reference: order.reference ?? null,
          status: order.status,
          paid: order.paid,
          reserved: order.reserved,
          cancel_reason: order.cancelReason ?? null,
          placed_at: order.placedAt,
          updated_at: order.updatedAt,
        })
        .execute();
    },

    async lock(orderId) {
      const row = await db
        .selectFrom('orders')
        .selectAll()
        .where('order_id', '=', orderId)
        .forUpdate()
        .executeTakeFirst();
      return row === undefined ? undefined : orderOf(row);
    },

    async saveProgress(orderId, progress, at) {
      await db
        .updateTable('orders')
        .set({
          status: progress.status,
          paid: progress.paid,
          reserved: progress.reserved,
          cancel_reason: progress.cancelReason ?? null,
          updated_at: at,
        })
        .where('order_id', '=', orderId)
        .execute();
    },
  };
}

/** An order from its row. */
export function orderOf(row: Selectable<OrdersTable>): Order {
  return {
    orderId: row.order_id,
    customerId: row.customer_id,
    email: row.email,
    lines: row.lines.map((line) => ({ ...line, amount: new Decimal(line.amount) })),
    total: new Decimal(row.total),
    currency: row.currency,
    reference: row.reference ?? undefined,
    status: row.status,
    paid: row.paid,
    reserved: row.reserved,
    cancelReason: row.cancel_reason ?? undefined,
    placedAt: row.placed_at,
    updatedAt: row.updated_at,
  };
}
