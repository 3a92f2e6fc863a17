import {
  OrderCancelledV1,
  OrderConfirmedV1,
  OrderFulfilledV1,
  orderId,
  ShipmentBookedV1,
  shipmentId,
} from '@waybill/schemas';
import { serviceMigrations } from '@waybill/service';
import { atProducer, event, specification } from '@waybill/testing/specification';
import { describe, it } from 'vitest';
import { migrations } from '../../src/adapters/migrations.ts';
import { shipmentRepository } from '../../src/adapters/shipment-repository.ts';
import { shippingBookings } from '../../src/application/bookings.ts';
import { book, shipmentIdFor } from '../../src/domain/shipment.ts';

const now = new Date('2026-11-26T12:00:00Z');
const shipping = await specification({
  tables: [...serviceMigrations, ...migrations],
  consumers: [shippingBookings({ shipments: shipmentRepository, now: () => now })],
});

const confirmed = (id: string, version = 1) =>
  event(OrderConfirmedV1, { aggregateId: id, version, data: { orderId: orderId(id), confirmedAt: now } });
const fulfilled = (id: string, version: number) =>
  event(OrderFulfilledV1, { aggregateId: id, version, data: { orderId: orderId(id), fulfilledAt: now } });

describe('an order that is confirmed', () => {
  it('has a shipment booked, which names the confirmation as its cause', async () => {
    const cause = confirmed('order-1');
    const shipment = book('order-1', shipmentIdFor(cause.id), now);
    await shipping.when(cause).then({
      published: [
        event(ShipmentBookedV1, {
          aggregateId: 'order-1',
          data: {
            orderId: orderId('order-1'),
            shipmentId: shipmentId(shipment.shipmentId),
            carrier: shipment.carrier,
            bookedAt: now,
          },
          causationId: cause.id,
          correlationId: cause.correlationId,
        }),
      ],
      rows: {
        shipment: [{ order_id: 'order-1', shipment_id: shipment.shipmentId, status: 'BOOKED', tracking_code: null }],
      },
    });
  });

  it('has one shipment, however often the confirmation is delivered', async () => {
    const twice = confirmed('order-1');
    await shipping
      .given(twice)
      .when(twice, confirmed('order-2'), twice)
      .then({
        skipped: ['duplicate', 'duplicate'],
        rows: { 'select order_id from shipment order by order_id': [{ order_id: 'order-1' }, { order_id: 'order-2' }] },
      });
  });

  it('has its shipment booked when a later event of the order comes first', async () => {
    await shipping
      .when(fulfilled('order-1', 2), confirmed('order-1', 1))
      .then({ skipped: [], rows: { shipment: [{ order_id: 'order-1' }] } });
  });

  it('has its shipment booked when only the order’s service has the confirmation still', async () => {
    await shipping
      .given(atProducer(confirmed('order-1', 1)))
      .when(fulfilled('order-1', 2))
      .then({ rows: { shipment: [{ order_id: 'order-1' }] } });
  });
});

describe('an order that is cancelled', () => {
  it('has no shipment', async () => {
    const data = { orderId: orderId('order-1'), reason: 'CUSTOMER_REQUEST', cancelledAt: now } as const;
    await shipping
      .when(event(OrderCancelledV1, { aggregateId: 'order-1', data }))
      .then({ published: [], rows: { shipment: [] } });
  });
});
