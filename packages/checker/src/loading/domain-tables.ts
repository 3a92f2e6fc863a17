import type { DomainTables, ProjectedRow } from '../evidence.ts';
import type { Row, Rows } from './rows.ts';

export type RowsOf = (service: string) => Rows;

const status = (row: Row) => ({ orderId: row.text('order_id'), status: row.text('status') });

/** Reads the tables of the sample domain. */
export async function readDomainTables(rowsOf: RowsOf): Promise<DomainTables> {
  const orders = rowsOf('orders');
  return {
    orders: await orders(`SELECT order_id, status, total::text AS total, placed_at FROM orders`, (row) => ({
      ...status(row),
      total: row.text('total'),
      placedAt: row.date('placed_at'),
    })),
    payments: await rowsOf('payments')(`SELECT order_id, status, amount::text AS amount FROM payment`, (row) => ({
      ...status(row),
      amount: row.text('amount'),
    })),
    reservations: await rowsOf('inventory')(`SELECT order_id, status FROM reservation`, status),
    shipments: await rowsOf('shipping')(`SELECT order_id, status FROM shipment`, status),
    projections: new Map<string, readonly ProjectedRow[]>([
      [
        'orders.fulfilment',
        [
          ...(await copies(orders, 'payments.payment', 'fulfilment_payment', { amount: 'amount' })),
          ...(await copies(orders, 'inventory.reservation', 'fulfilment_reservation', {})),
          ...(await copies(orders, 'shipping.shipment', 'fulfilment_shipment', {
            carrier: 'carrier',
            trackingCode: 'tracking_code',
          })),
        ],
      ],
      [
        'notifications.contacts',
        await rowsOf('notifications')(`SELECT order_id, email, status FROM contact`, (row) => ({
          aggregateType: 'orders.order',
          aggregateId: row.text('order_id'),
          fields: { email: row.text('email'), status: row.text('status') },
        })),
      ],
    ]),
  };
}

function copies(
  rows: Rows,
  aggregateType: string,
  table: string,
  columns: Readonly<Record<string, string>>,
): Promise<readonly ProjectedRow[]> {
  const listed = Object.values(columns).map((column) => `${column}::text AS ${column}`);
  return rows(`SELECT ${['order_id', 'status', 'updated_at', ...listed].join(', ')} FROM ${table}`, (row) => ({
    aggregateType,
    aggregateId: row.text('order_id'),
    fields: {
      status: row.text('status'),
      updatedAt: row.date('updated_at').toISOString(),
      ...Object.fromEntries(
        Object.entries(columns).flatMap(([field, column]) => {
          const value = row.optional(column);
          return value === undefined ? [] : [[field, value]];
        }),
      ),
    },
  }));
}
