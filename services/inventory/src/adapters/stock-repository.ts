import type { Queryable } from '@waybill/messaging';
import { z } from 'zod';
import type { Reservation, Stock } from '../application/stock.ts';
import type { StockLine } from '../domain/stock.ts';

const stockRow = z.object({ sku: z.string(), available: z.number() });
const reservationRow = z.object({
  order_id: z.string(),
  status: z.enum(['RESERVED', 'REJECTED', 'RELEASED']),
  lines: z.array(z.object({ sku: z.string(), quantity: z.number() })),
  updated_at: z.date(),
});

/** The stock in the transaction at hand. */
export function stockRepository(tx: Queryable): Stock {
  return {
    async lock(skus) {
      // A transaction may handle many orders, so rows locked in article order within an order are still out of order
      // across it, and two such transactions could deadlock. Who changes stock therefore waits in one line.
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('inventory.stock', 0))`);
      const { rows } = await tx.query(
        'select sku, available from stock where sku = any($1::text[]) order by sku for update',
        [skus],
      );
      return new Map(rows.map((row) => stockRow.parse(row)).map(({ sku, available }) => [sku, available]));
    },

    async take(lines) {
      await move(tx, lines, 1);
    },

    async giveBack(lines) {
      await move(tx, lines, -1);
    },

    async reservation(orderId) {
      const { rows } = await tx.query('select * from reservation where order_id = $1 for update', [orderId]);
      return rows.map(reservationOf)[0];
    },

    async saveReservation({ orderId, status, lines, updatedAt }) {
      await tx.query(
        `insert into reservation (order_id, status, lines, updated_at) values ($1, $2, $3, $4)
         on conflict (order_id) do update set status = excluded.status, updated_at = excluded.updated_at`,
        [orderId, status, JSON.stringify(lines), updatedAt],
      );
    },
  };
}

/** A reservation from its row. */
export function reservationOf(row: unknown): Reservation {
  const { order_id, status, lines, updated_at } = reservationRow.parse(row);
  return { orderId: order_id, status, lines, updatedAt: updated_at };
}

async function move(tx: Queryable, lines: readonly StockLine[], direction: 1 | -1): Promise<void> {
  await tx.query(
    `update stock set available = available - moved.quantity, reserved = reserved + moved.quantity
     from unnest($1::text[], $2::integer[]) as moved (sku, quantity) where stock.sku = moved.sku`,
    [lines.map(({ sku }) => sku), lines.map(({ quantity }) => quantity * direction)],
  );
}
