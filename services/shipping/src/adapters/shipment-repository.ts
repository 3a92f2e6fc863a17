import type { EventId } from '@waybill/contracts';
import type { Queryable } from '@waybill/messaging';
import type { Origin } from '@waybill/service';
import { z } from 'zod';
import type { Shipments } from '../application/shipments.ts';
import type { Shipment } from '../domain/shipment.ts';

const shipmentRow = z.object({
  order_id: z.string(),
  shipment_id: z.string(),
  status: z.enum(['BOOKED', 'DISPATCHED']),
  carrier: z.string(),
  tracking_code: z.string().nullable(),
  updated_at: z.date(),
});

const originColumn = z.object({
  eventId: z.custom<EventId>((value) => typeof value === 'string'),
  correlationId: z.string(),
  trace: z.custom<Origin['trace']>((value) => typeof value === 'object' && value !== null),
});

/** The shipments in the transaction at hand. */
export function shipmentRepository(tx: Queryable): Shipments {
  return {
    async insert(shipment, origin) {
      await tx.query(
        `insert into shipment (order_id, shipment_id, status, carrier, tracking_code, origin, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [
          shipment.orderId,
          shipment.shipmentId,
          shipment.status,
          shipment.carrier,
          shipment.trackingCode ?? null,
          JSON.stringify(origin),
          shipment.updatedAt,
        ],
      );
    },

    async save({ orderId, status, trackingCode, updatedAt }) {
      await tx.query('update shipment set status = $2, tracking_code = $3, updated_at = $4 where order_id = $1', [
        orderId,
        status,
        trackingCode ?? null,
        updatedAt,
      ]);
    },

    async find(orderId) {
      const { rows } = await tx.query('select * from shipment where order_id = $1', [orderId]);
      return rows.map(shipmentOf)[0];
    },

    async takeBooked(bookedBefore, limit) {
      // Publishing locks an aggregate until the commit: one order for all keeps two batches from a deadlock.
      const { rows } = await tx.query(
        `with oldest as (
           select * from shipment where status = 'BOOKED' and updated_at <= $1
           order by updated_at limit $2 for update skip locked)
         select * from oldest order by order_id`,
        [bookedBefore, limit],
      );
      return rows.map((row) => ({ shipment: shipmentOf(row), origin: originColumn.parse(row['origin']) }));
    },
  };
}

/** A shipment from its row. */
export function shipmentOf(row: unknown): Shipment {
  const values = shipmentRow.parse(row);
  return {
    orderId: values.order_id,
    shipmentId: values.shipment_id,
    status: values.status,
    carrier: values.carrier,
    trackingCode: values.tracking_code ?? undefined,
    updatedAt: values.updated_at,
  };
}
