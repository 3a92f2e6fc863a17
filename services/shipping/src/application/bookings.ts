import { consumer, type ConsumerDefinition, on, type Queryable } from '@waybill/messaging';
import { OrderConfirmedV1, ShipmentBookedV1, shipmentId } from '@waybill/schemas';
import { ledgered, originOf } from '@waybill/service';
import { book, shipmentIdFor } from '../domain/shipment.ts';
import type { Shipments } from './shipments.ts';

export interface BookingPorts {
  shipments(tx: Queryable): Shipments;
  now(): Date;
}

/** Books a shipment for each order that was confirmed. */
export function shippingBookings({ shipments, now }: BookingPorts): ConsumerDefinition {
  const name = 'shipping.bookings';
  return consumer({
    name,
    kind: 'reaction',
    from: 'beginning',
    objective: { visibleWithinMs: 5_000, share: 0.99 },
    handlers: ledgered(
      [
        on(OrderConfirmedV1, async (event, context) => {
          const { orderId } = event.data;
          const shipment = book(orderId, shipmentIdFor(event.id), now());
          await shipments(context.tx).insert(shipment, originOf(event));
          await context.publish(ShipmentBookedV1, {
            aggregateId: orderId,
            data: {
              orderId,
              shipmentId: shipmentId(shipment.shipmentId),
              carrier: shipment.carrier,
              bookedAt: shipment.updatedAt,
            },
          });
        }),
      ],
      name,
    ),
  });
}
