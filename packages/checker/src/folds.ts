/** What an event says about the fields of a projected row: those that it sets, as text. */
export type FieldsOf = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, string>>;

/** By consumer, by event type: how a projection's copy follows from its source's events. Said anew, by hand. */
export const folds: ReadonlyMap<string, ReadonlyMap<string, FieldsOf>> = new Map([
  [
    'orders.fulfilment',
    new Map<string, FieldsOf>([
      [
        'payments.v2.PaymentCaptured',
        (data) => ({ status: 'CAPTURED', amount: text(data['amount']), updatedAt: text(data['capturedAt']) }),
      ],
      // A decline says no amount, whereas the payment's snapshot does: with either the row is right.
      ['payments.v1.PaymentDeclined', (data) => ({ status: 'DECLINED', updatedAt: text(data['declinedAt']) })],
      [
        'payments.v1.PaymentRefunded',
        (data) => ({ status: 'REFUNDED', amount: text(data['amount']), updatedAt: text(data['refundedAt']) }),
      ],
      ['inventory.v1.StockReserved', (data) => ({ status: 'RESERVED', updatedAt: text(data['reservedAt']) })],
      ['inventory.v1.StockRejected', (data) => ({ status: 'REJECTED', updatedAt: text(data['rejectedAt']) })],
      ['inventory.v1.StockReleased', (data) => ({ status: 'RELEASED', updatedAt: text(data['releasedAt']) })],
      [
        'shipping.v1.ShipmentBooked',
        (data) => ({ status: 'BOOKED', carrier: text(data['carrier']), updatedAt: text(data['bookedAt']) }),
      ],
      [
        'shipping.v1.ShipmentDispatched',
        (data) => ({
          status: 'DISPATCHED',
          trackingCode: text(data['trackingCode']),
          updatedAt: text(data['dispatchedAt']),
        }),
      ],
    ]),
  ],
  [
    'notifications.contacts',
    new Map<string, FieldsOf>([
      ['orders.v2.OrderPlaced', (data) => ({ email: text(data['email']), status: 'PLACED' })],
      ['orders.v1.OrderConfirmed', () => ({ status: 'CONFIRMED' })],
      ['orders.v1.OrderCancelled', () => ({ status: 'CANCELLED' })],
      ['orders.v1.OrderFulfilled', () => ({ status: 'FULFILLED' })],
    ]),
  ],
]);

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
