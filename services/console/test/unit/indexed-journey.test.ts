import { expect, test } from 'vitest';
import { type IndexedStep, publisherOf, withIndexed } from '../../src/domain/indexed-journey.ts';

function indexed(eventId: string, type: string, second: number): IndexedStep {
  return {
    ...{ kind: 'published', source: 'index', eventId, type, aggregateType: 'orders.order', aggregateId: 'order-1' },
    ...{ version: 1, correlationId: 'c-1', at: `2026-11-27T00:00:0${second}.000Z` },
  };
}

function ofTheirServices(...steps: readonly IndexedStep[]) {
  return steps.map((step) => ({ service: publisherOf({ source: '', type: step.type }), step }));
}

const placed = indexed('e-1', 'orders.v2.OrderPlaced', 1);
const captured = indexed('e-2', 'payments.v2.PaymentCaptured', 2);

test('an event that a service told of is not told again', () => {
  const { source: _, ...told } = placed;
  const journey = { services: [{ service: 'orders', steps: [told], cut: false }], unreachable: [] };
  expect(withIndexed(journey, ofTheirServices(placed))).toEqual(journey);
});

test('one that was only handled was published too', () => {
  const handled = { ...captured, kind: 'handled', consumer: 'orders.fulfilment', at: '2026-11-27T00:00:03.000Z' };
  const { services } = withIndexed(
    { services: [{ service: 'orders', steps: [handled], cut: false }], unreachable: [] },
    ofTheirServices(captured, placed),
  );
  expect(services).toEqual([
    { service: 'orders', steps: [placed, handled], cut: false },
    { service: 'payments', steps: [captured], cut: true },
  ]);
});

test('the events of a service that did not answer are in the order of time, and what became of them is missing', () => {
  const { services, unreachable } = withIndexed(
    { services: [], unreachable: ['orders'] },
    ofTheirServices(indexed('e-3', 'orders.v1.OrderConfirmed', 3), placed),
  );
  expect(services).toMatchObject([{ service: 'orders', cut: true, steps: [{ eventId: 'e-1' }, { eventId: 'e-3' }] }]);
  expect(unreachable).toEqual(['orders']);
});

test('a service publishes what its source says, and a stranger what its type says', () => {
  expect(publisherOf({ source: '/waybill/orders', type: 'operations.v1.EventFailed' })).toBe('orders');
  expect(publisherOf({ source: 'https://shop.example', type: 'orders.v2.OrderPlaced' })).toBe('orders');
  expect(publisherOf({ source: '/waybill/', type: 'unknown' })).toBe('unknown');
});
