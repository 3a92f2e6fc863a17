import type { Queryable } from '@waybill/messaging';
import { OrderPlacedV2 } from '@waybill/schemas';
import { openapi, problem, routes, serve, serveWrite, type ServiceRuntime } from '@waybill/service';
import { withBusinessIds } from '@waybill/telemetry';
import { Decimal } from 'decimal.js';
import * as cancelling from '../application/cancel-order.ts';
import { newOrder, orderPlaced } from '../application/place-order.ts';
import type { Order } from '../domain/order.ts';
import * as endpoints from './endpoints.ts';
import { kyselyOver } from './kysely-over.ts';
import { orderRepository } from './order-repository.ts';
import { orderList, orderSummary, orderView } from './order-view.ts';

export interface OrderRoutesOptions {
  readonly runtime: Pick<ServiceRuntime, 'transaction' | 'publish' | 'pool'>;
  now(): Date;
  newId(): string;
}

/** The HTTP side of orders: place, read, list and cancel. */
export function orderRoutes({ runtime, now, newId }: OrderRoutesOptions) {
  const reading = kyselyOver(runtime.pool);

  return routes(
    serveWrite(runtime, endpoints.placeOrder, async (tx, { body }) => {
      const lines = body.lines.map((line) => ({ ...line, amount: new Decimal(line.amount) }));
      const order = newOrder({ ...body, reference: body.reference, lines }, newId(), now());
      await withBusinessIds({ 'order.id': order.orderId, 'customer.id': order.customerId }, () => place(tx, order));
      return { status: 201, headers: { Location: `/orders/${order.orderId}` }, body: orderSummary(order) };
    }),

    serve(endpoints.readOrder, async ({ params }) => {
      const view = await orderView(reading, params.id);
      if (view === undefined) throw unknownOrder();
      return { status: 200, body: view };
    }),

    serve(endpoints.listOrders, async ({ query }) => ({
      status: 200,
      body: await orderList(reading, query.status, query.limit),
    })),

    serveWrite(runtime, endpoints.cancelOrder, (tx, { params }) =>
      withBusinessIds({ 'order.id': params.id }, () => cancel(tx, params.id)),
    ),
  );

  async function place(tx: Queryable, order: Order): Promise<void> {
    const db = kyselyOver(tx);
    await orderRepository(db).insert(order);
    await runtime.publish(db, OrderPlacedV2, orderPlaced(order));
  }

  async function cancel(tx: Queryable, orderId: string) {
    const db = kyselyOver(tx);
    const result = await cancelling.cancelOrder(orderRepository(db), orderId, now());
    switch (result.kind) {
      case 'unknown':
        throw unknownOrder();
      case 'too-late':
        throw problem(409, {
          code: 'orders.too-late',
          detail: `The order is ${result.status.toLowerCase()} and can no longer be cancelled.`,
        });
      case 'cancelled':
        if (result.news !== undefined) await runtime.publish(db, result.news.contract, result.news.event);
        return { status: 200, body: orderSummary(result.order) };
    }
  }
}

/** The description served at `/openapi.json`. */
export const description = openapi({ title: 'Orders', version: '1' }, Object.values(endpoints));

function unknownOrder() {
  return problem(404, { code: 'orders.unknown-order', detail: 'There is no order with this id.' });
}
