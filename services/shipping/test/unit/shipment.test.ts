import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { book, dispatch, shipmentIdFor } from '../../src/domain/shipment.ts';

const booked = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-01-01T00:00:01Z');

describe('a shipment', () => {
  test('is booked without a tracking code and dispatched with one', () => {
    const shipment = book('order-1', 'ship-1', booked);
    expect(shipment).toMatchObject({ status: 'BOOKED', trackingCode: undefined, updatedAt: booked });
    const sent = dispatch(shipment, later);
    expect(sent).toMatchObject({ status: 'DISPATCHED', carrier: shipment.carrier, updatedAt: later });
    expect(sent.trackingCode).toMatch(/SHIP-1$/);
  });

  test('has the same id however often its event is handled', () => {
    expect(shipmentIdFor('e-1')).toBe(shipmentIdFor('e-1'));
    expect(shipmentIdFor('e-1')).not.toBe(shipmentIdFor('e-2'));
  });

  test('gets the same carrier each time, whatever the order id', () => {
    fc.assert(
      fc.property(fc.string(), (orderId) => {
        const first = book(orderId, 'ship-1', booked).carrier;
        expect(first).not.toBe('');
        expect(book(orderId, 'ship-1', later).carrier).toBe(first);
      }),
    );
  });
});
