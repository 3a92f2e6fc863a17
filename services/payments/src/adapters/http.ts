import type { Queryable } from '@waybill/messaging';
import { openapi, problem, routes, serve } from '@waybill/service';
import * as endpoints from './endpoints.ts';
import { paymentRepository } from './payment-repository.ts';

/** The HTTP side of payments: it only shows. */
export function paymentRoutes(db: Queryable) {
  const payments = paymentRepository(db);
  return routes(
    serve(endpoints.readPayment, async ({ params }) => {
      const payment = await payments.find(params.orderId);
      if (payment === undefined) {
        throw problem(404, {
          code: 'payments.unknown-payment',
          detail: 'There is no payment for this order: it is not known, costs nothing, or was not asked for yet.',
        });
      }
      return { status: 200, body: { ...payment, amount: payment.amount.toFixed(2) } };
    }),
  );
}

/** The description served at `/openapi.json`. */
export const description = openapi({ title: 'Payments', version: '1' }, Object.values(endpoints));
