import type { Queryable } from '@waybill/messaging';
import { openapi, problem, routes, serve } from '@waybill/service';
import * as endpoints from './endpoints.ts';
import { shipmentRepository } from './shipment-repository.ts';

/** The HTTP side of shipping: it only shows. */
export function shipmentRoutes(db: Queryable) {
  const shipments = shipmentRepository(db);
  return routes(
    serve(endpoints.readShipment, async ({ params }) => {
      const shipment = await shipments.find(params.orderId);
      if (shipment === undefined) {
        throw problem(404, {
          code: 'shipping.unknown-shipment',
          detail: 'There is no shipment for this order: it is not known, or not confirmed yet.',
        });
      }
      return { status: 200, body: shipment };
    }),
  );
}

/** The description served at `/openapi.json`. */
export const description = openapi({ title: 'Shipping', version: '1' }, Object.values(endpoints));
