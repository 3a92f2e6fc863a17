/**
 * Which consumer must have an effect for which event type. Said here once more, by hand and apart from the services'
 * own code, since a check that asked the code under test what it should have done could not fail.
 */
export interface Subscription {
  readonly consumer: string;
  readonly service: string;
  readonly kind: 'projection' | 'reaction';
  readonly types: readonly string[];
  /** Snapshots that may stand in for events; for projections alone. */
  readonly snapshots: readonly string[];
}

export const subscriptions: readonly Subscription[] = [
  {
    consumer: 'orders.process',
    service: 'orders',
    kind: 'reaction',
    types: [
      'payments.v2.PaymentCaptured',
      'payments.v1.PaymentDeclined',
      'inventory.v1.StockReserved',
      'inventory.v1.StockRejected',
      'shipping.v1.ShipmentDispatched',
    ],
    snapshots: [],
  },
  {
    consumer: 'orders.fulfilment',
    service: 'orders',
    kind: 'projection',
    types: [
      'payments.v2.PaymentCaptured',
      'payments.v1.PaymentDeclined',
      'payments.v1.PaymentRefunded',
      'inventory.v1.StockReserved',
      'inventory.v1.StockRejected',
      'inventory.v1.StockReleased',
      'shipping.v1.ShipmentBooked',
      'shipping.v1.ShipmentDispatched',
    ],
    snapshots: ['payments.v1.Payment', 'inventory.v1.Reservation', 'shipping.v1.Shipment'],
  },
  {
    consumer: 'payments.capture',
    service: 'payments',
    kind: 'reaction',
    types: ['orders.v2.OrderPlaced', 'orders.v1.OrderCancelled'],
    snapshots: [],
  },
  {
    consumer: 'inventory.reservations',
    service: 'inventory',
    kind: 'reaction',
    types: ['orders.v2.OrderPlaced', 'orders.v1.OrderCancelled'],
    snapshots: [],
  },
  {
    consumer: 'shipping.bookings',
    service: 'shipping',
    kind: 'reaction',
    types: ['orders.v1.OrderConfirmed'],
    snapshots: [],
  },
  {
    consumer: 'notifications.contacts',
    service: 'notifications',
    kind: 'projection',
    types: [
      'orders.v2.OrderPlaced',
      'orders.v1.OrderConfirmed',
      'orders.v1.OrderCancelled',
      'orders.v1.OrderFulfilled',
    ],
    snapshots: ['orders.v1.Order'],
  },
  {
    consumer: 'notifications.mail',
    service: 'notifications',
    kind: 'reaction',
    types: ['orders.v1.OrderConfirmed', 'orders.v1.OrderCancelled', 'orders.v1.OrderFulfilled'],
    snapshots: [],
  },
];

/** Types of snapshots; every other type on a topic is an event. */
export const snapshotTypes: ReadonlySet<string> = new Set(subscriptions.flatMap(({ snapshots }) => snapshots));
