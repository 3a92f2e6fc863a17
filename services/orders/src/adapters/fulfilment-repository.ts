import type { Queryable } from '@waybill/messaging';
import type { Fulfilment } from '../application/fulfilment.ts';

/** Orders' copy of payments, reservations and shipments, in the transaction at hand. */
export function fulfilmentRepository(tx: Queryable): Fulfilment {
  return {
    async savePayment({ orderId, status, amount, updatedAt }) {
      await tx.query(
        `insert into fulfilment_payment as kept (order_id, status, amount, updated_at) values ($1, $2, $3, $4)
         on conflict (order_id) do update set status = excluded.status,
           amount = coalesce(excluded.amount, kept.amount), updated_at = excluded.updated_at`,
        [orderId, status, amount?.toFixed(2) ?? null, updatedAt],
      );
    },

    async saveReservation({ orderId, status, updatedAt }) {
      await tx.query(
        `insert into fulfilment_reservation (order_id, status, updated_at) values ($1, $2, $3)
         on conflict (order_id) do update set status = excluded.status, updated_at = excluded.updated_at`,
        [orderId, status, updatedAt],
      );
    },

    async saveShipment({ orderId, status, carrier, trackingCode, updatedAt }) {
      await tx.query(
        `insert into fulfilment_shipment as kept (order_id, status, carrier, tracking_code, updated_at)
         values ($1, $2, $3, $4, $5)
         on conflict (order_id) do update set status = excluded.status,
           carrier = coalesce(excluded.carrier, kept.carrier),
           tracking_code = coalesce(excluded.tracking_code, kept.tracking_code), updated_at = excluded.updated_at`,
        [orderId, status, carrier ?? null, trackingCode ?? null, updatedAt],
      );
    },
  };
}
