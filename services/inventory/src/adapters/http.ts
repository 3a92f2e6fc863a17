import type { Queryable } from '@waybill/messaging';
import { openapi, problem, routes, serve } from '@waybill/service';
import * as endpoints from './endpoints.ts';
import { reservationOf } from './stock-repository.ts';

/** More articles than a page shows are asked for by name. */
const maxListed = 1_000;

/** The HTTP side of inventory: it only shows. */
export function inventoryRoutes(db: Queryable) {
  return routes(
    serve(endpoints.listStock, async ({ query }) => {
      const { rows } = await db.query(
        `select sku, available, reserved from stock where $1::text is null or sku = $1 order by sku limit ${maxListed}`,
        [query.sku ?? null],
      );
      return { status: 200, body: { stock: rows } };
    }),

    serve(endpoints.readReservation, async ({ params }) => {
      const { rows } = await db.query('select * from reservation where order_id = $1', [params.orderId]);
      const [reservation] = rows.map(reservationOf);
      if (reservation === undefined) {
        throw problem(404, {
          code: 'inventory.unknown-reservation',
          detail: 'There is no reservation for this order, or not yet.',
        });
      }
      return { status: 200, body: reservation };
    }),
  );
}

/** The description served at `/openapi.json`. */
export const description = openapi({ title: 'Inventory', version: '1' }, Object.values(endpoints));
