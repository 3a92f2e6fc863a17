import type { Kysely } from 'kysely';
import type { Order, OrderStatus } from '../domain/order.ts';
import { orderOf } from './order-repository.ts';
import type { OrdersDatabase } from './tables.ts';

/** What HTTP shows of an order, without how its fulfilment stands; times are RFC 3339, amounts exact text. */
export function orderSummary(order: Order) {
  return {
    orderId: order.orderId,
    customerId: order.customerId,
    status: order.status,
    cancelReason: order.cancelReason ?? null,
    total: order.total.toFixed(2),
    currency: order.currency,
    reference: order.reference ?? null,
    placedAt: order.placedAt.toISOString(),
    updatedAt: order.updatedAt.toISOString(),
  };
}

/** An order with its lines and with what payments, inventory and shipping did for it so far. */
export async function orderView(db: Kysely<OrdersDatabase>, orderId: string) {
  const row = await db.selectFrom('orders').selectAll().where('order_id', '=', orderId).executeTakeFirst();
  if (row === undefined) return undefined;
  const order = orderOf(row);
  return {
    ...orderSummary(order),
    email: order.email,
    lines: order.lines.map((line) => ({ ...line, amount: line.amount.toFixed(2) })),
    fulfilment: await fulfilmentView(db, orderId),
  };
}

async function fulfilmentView(db: Kysely<OrdersDatabase>, orderId: string) {
  const row = await db
    .selectFrom('orders as o')
    .leftJoin('fulfilment_payment as p', 'p.order_id', 'o.order_id')
    .leftJoin('fulfilment_reservation as r', 'r.order_id', 'o.order_id')
    .leftJoin('fulfilment_shipment as s', 's.order_id', 'o.order_id')
    .select(['p.status as payment', 'p.amount', 'p.updated_at as payment_at'])
    .select(['r.status as reservation', 'r.updated_at as reservation_at'])
    .select(['s.status as shipment', 's.carrier', 's.tracking_code', 's.updated_at as shipment_at'])
    .where('o.order_id', '=', orderId)
    .executeTakeFirst();
  const payment = row?.payment ?? undefined;
  const reservation = row?.reservation ?? undefined;
  const shipment = row?.shipment ?? undefined;
  return {
    payment: payment && { status: payment, amount: row?.amount ?? null, updatedAt: row?.payment_at },
    reservation: reservation && { status: reservation, updatedAt: row?.reservation_at },
    shipment: shipment && {
      status: shipment,
      carrier: row?.carrier ?? null,
      trackingCode: row?.tracking_code ?? null,
      updatedAt: row?.shipment_at,
    },
  };
}

/** The newest orders, of one status when it is given, with how many there are of each. */
export async function orderList(db: Kysely<OrdersDatabase>, status: OrderStatus | undefined, limit: number) {
  const newest = db.selectFrom('orders').selectAll().orderBy('placed_at', 'desc').limit(limit);
  const rows = await (status === undefined ? newest : newest.where('status', '=', status)).execute();
  const counted = await db
    .selectFrom('orders')
    .select(({ fn }) => ['status', fn.countAll().as('count')])
    .groupBy('status')
    .execute();
  const counts: Record<OrderStatus, number> = { PLACED: 0, CONFIRMED: 0, FULFILLED: 0, CANCELLED: 0 };
  for (const row of counted) counts[row.status] = Number(row.count);
  return { counts, orders: rows.map((row) => orderSummary(orderOf(row))) };
}
