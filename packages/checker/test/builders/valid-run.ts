import type { Effect, Evidence, OutboxRow, ProjectedRow, ServiceTables, TopicRecord } from '../../src/evidence.ts';
import { snapshotTypes, subscriptions } from '../../src/subscriptions.ts';

const began = Date.parse('2026-03-01T10:00:00.000Z');
const at = (seconds: number) => new Date(began + seconds * 1000);
const text = (seconds: number) => at(seconds).toISOString();

interface Step {
  readonly service: string;
  readonly aggregateType: string;
  readonly types: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

const step = (service: string, aggregateType: string, type: string, data: Step['data'], ...older: string[]): Step => ({
  service,
  aggregateType,
  types: [...older, type],
  data,
});

const placedStep = step(
  'orders',
  'orders.order',
  'orders.v2.OrderPlaced',
  { email: 'a@example.org' },
  'orders.v1.OrderPlaced',
);
const orderSteps = (type: string) => step('orders', 'orders.order', type, {});

/** What happens to an order that goes well, and to one whose stock is rejected after it was paid. */
const histories: Readonly<Record<string, readonly Step[]>> = {
  good: [
    placedStep,
    step('payments', 'payments.payment', 'payments.v2.PaymentCaptured', { amount: '11.77', capturedAt: text(1) }),
    step('inventory', 'inventory.reservation', 'inventory.v1.StockReserved', { reservedAt: text(1) }),
    orderSteps('orders.v1.OrderConfirmed'),
    step('shipping', 'shipping.shipment', 'shipping.v1.ShipmentBooked', { carrier: 'Post', bookedAt: text(2) }),
    step('shipping', 'shipping.shipment', 'shipping.v1.ShipmentDispatched', {
      trackingCode: 'T1',
      dispatchedAt: text(3),
    }),
    orderSteps('orders.v1.OrderFulfilled'),
  ],
  bad: [
    placedStep,
    step('payments', 'payments.payment', 'payments.v2.PaymentCaptured', { amount: '29.33', capturedAt: text(1) }),
    step('inventory', 'inventory.reservation', 'inventory.v1.StockRejected', { rejectedAt: text(1) }),
    orderSteps('orders.v1.OrderCancelled'),
    step('payments', 'payments.payment', 'payments.v1.PaymentRefunded', { amount: '29.33', refundedAt: text(4) }),
  ],
};

/** A run of two orders, `good` (fulfilled) and `bad` (cancelled), in which every promise was kept. */
export function validRun(): Evidence {
  const records: TopicRecord[] = [];
  const outbox = new Map<string, OutboxRow[]>();
  for (const [orderId, steps] of Object.entries(histories)) {
    const versions = new Map<string, number>();
    for (const { service, aggregateType, types, data } of steps) {
      const version = (versions.get(aggregateType) ?? 0) + 1;
      versions.set(aggregateType, version);
      const id = `${orderId}-${aggregateType}-${version}`;
      for (const type of types) {
        const identity = { id, type, tenant: '', aggregateType, aggregateId: orderId, version, topic: aggregateType };
        const offset = BigInt(records.length);
        records.push({ ...identity, partition: 0, offset, key: orderId, time: at(1), data, problem: undefined });
        outbox.set(service, [...(outbox.get(service) ?? []), { ...identity, kind: 'event', createdAt: at(1) }]);
      }
    }
  }
  const services = ['orders', 'payments', 'inventory', 'shipping', 'notifications'];
  return {
    accepted: Object.keys(histories).map((orderId, index) => ({ orderId, line: index + 2 })),
    records,
    services: new Map(services.map((service) => [service, tablesOf(service, outbox.get(service) ?? [], records)])),
    domain: {
      orders: [
        { orderId: 'good', status: 'FULFILLED', total: '11.77', placedAt: at(1) },
        { orderId: 'bad', status: 'CANCELLED', total: '29.33', placedAt: at(1) },
      ],
      payments: [
        { orderId: 'good', status: 'CAPTURED', amount: '11.77' },
        { orderId: 'bad', status: 'REFUNDED', amount: '29.33' },
      ],
      reservations: [
        { orderId: 'good', status: 'RESERVED' },
        { orderId: 'bad', status: 'REJECTED' },
      ],
      shipments: [{ orderId: 'good', status: 'DISPATCHED' }],
      projections: new Map([
        [
          'orders.fulfilment',
          [
            row('payments.payment', 'good', { status: 'CAPTURED', amount: '11.77', updatedAt: text(1) }),
            row('payments.payment', 'bad', { status: 'REFUNDED', amount: '29.33', updatedAt: text(4) }),
            row('inventory.reservation', 'good', { status: 'RESERVED', updatedAt: text(1) }),
            row('inventory.reservation', 'bad', { status: 'REJECTED', updatedAt: text(1) }),
            row('shipping.shipment', 'good', {
              status: 'DISPATCHED',
              carrier: 'Post',
              trackingCode: 'T1',
              updatedAt: text(3),
            }),
          ],
        ],
        [
          'notifications.contacts',
          [
            row('orders.order', 'good', { email: 'a@example.org', status: 'FULFILLED' }),
            row('orders.order', 'bad', { email: 'a@example.org', status: 'CANCELLED' }),
          ],
        ],
      ]),
    },
    provider: [
      { orderId: 'good', captures: 1, refunds: 0 },
      { orderId: 'bad', captures: 1, refunds: 1 },
    ],
    mail: { messageIds: ['<1@waybill>', '<2@waybill>', '<3@waybill>'], received: 3, duplicates: 0 },
    figures: { deliveries: 40, duplicateDeliveries: 2, outOfOrderDeliveries: 3 },
    unread: [],
  };
}

function row(aggregateType: string, aggregateId: string, fields: ProjectedRow['fields']): ProjectedRow {
  return { aggregateType, aggregateId, fields };
}

function tablesOf(service: string, outbox: readonly OutboxRow[], records: readonly TopicRecord[]): ServiceTables {
  const heads = new Map(outbox.map((entry) => [`${entry.aggregateType} ${entry.aggregateId}`, entry]));
  const own = subscriptions.filter((subscription) => subscription.service === service);
  const effects = own.flatMap(({ consumer, types }) =>
    records
      .filter(({ type }) => types.includes(type) && !snapshotTypes.has(type))
      .map((record, index): Effect => ({ ...effectOf(record), consumer, position: BigInt(index) })),
  );
  const applied = new Map(
    effects.map((effect) => [`${effect.consumer} ${effect.aggregateType} ${effect.aggregateId}`, effect]),
  );
  return {
    heads: [...heads.values()],
    outbox,
    effects,
    parked: [],
    entities: [...applied.values()].map((effect) => ({
      ...effect,
      applied: effect.version,
      reconciled: effect.aggregateId === 'good' ? 1 : 0,
    })),
  };
}

function effectOf({ id, aggregateType, aggregateId, version, type }: TopicRecord) {
  return { eventId: id, aggregateType, aggregateId, version, type, at: at(2) };
}
