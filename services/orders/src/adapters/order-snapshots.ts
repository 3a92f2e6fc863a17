import { customerId, orderId, OrderSnapshotV1 } from '@waybill/schemas';
import type { SnapshotSource } from '@waybill/service';
import { kyselyOver } from './kysely-over.ts';
import { orderOf } from './order-repository.ts';

/** Orders as they stand, for those who missed events or begin late. */
export const orderSnapshots: SnapshotSource = {
  contract: OrderSnapshotV1,
  async load(tx, ids) {
    const rows = await kyselyOver(tx)
      .selectFrom('orders')
      .selectAll()
      .where('order_id', 'in', [...ids])
      .execute();
    return new Map(
      rows.map(orderOf).map((order) => [
        order.orderId,
        {
          orderId: orderId(order.orderId),
          customerId: customerId(order.customerId),
          email: order.email,
          status: order.status,
          lines: order.lines,
          total: order.total,
          currency: order.currency,
          placedAt: order.placedAt,
          updatedAt: order.updatedAt,
        },
      ]),
    );
  },
};
