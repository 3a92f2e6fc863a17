import {
  OrderCancelledV1,
  OrderConfirmedV1,
  OrderFulfilledV1,
  orderId,
  OrderPlacedV1,
  OrderPlacedV2,
  OrderSnapshotV1,
  PaymentCapturedV2,
  PaymentDeclinedV1,
  paymentId,
  ShipmentBookedV1,
  ShipmentDispatchedV1,
  shipmentId,
  StockReservedV1,
} from '@waybill/schemas';
import { type ServiceFixture, serviceFixture } from '@waybill/service';
import { type TestDatabase, testEnvironment } from '@waybill/testing';
import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fulfilmentRepository } from '../../src/adapters/fulfilment-repository.ts';
import { description, orderRoutes } from '../../src/adapters/http.ts';
import { kyselyOver } from '../../src/adapters/kysely-over.ts';
import { migrations } from '../../src/adapters/migrations.ts';
import { orderRepository } from '../../src/adapters/order-repository.ts';
import { orderSnapshots } from '../../src/adapters/order-snapshots.ts';
import { fulfilmentProjection } from '../../src/application/fulfilment.ts';
import { orderProcess } from '../../src/application/process.ts';

const now = () => new Date();
const process = orderProcess({ orders: (tx) => orderRepository(kyselyOver(tx)), now });
const projection = fulfilmentProjection(fulfilmentRepository);
const line = { sku: 'cd-01', quantity: 2, amount: '29.33' };
const body = { customerId: '00004', email: 'customer-00004@example.com', lines: [line], currency: 'USD' };

let database: TestDatabase;
let service: ServiceFixture;

beforeAll(async () => {
  database = await (await testEnvironment()).createDatabase('orders');
  service = await serviceFixture({
    name: 'orders',
    databaseUrl: database.url,
    migrations,
    publishes: [OrderPlacedV1, OrderPlacedV2, OrderConfirmedV1, OrderCancelledV1, OrderFulfilledV1, OrderSnapshotV1],
    routes: (runtime) => orderRoutes({ runtime, now, newId: () => crypto.randomUUID() }),
    openapi: description,
  });
});

afterAll(async () => {
  await service.stop();
  await database.drop();
});

async function ask(method: string, path: string, json?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(json === undefined ? {} : { body: typeof json === 'string' ? json : JSON.stringify(json) }),
  });
  return { status: response.status, headers: response.headers, json: JSON.parse(await response.text()) };
}

function place(json: unknown = body, key: string = crypto.randomUUID()) {
  return ask('POST', '/orders', json, { 'idempotency-key': key });
}

async function placed(json: unknown = body) {
  const { status, json: order } = await place(json);
  expect(status).toBe(201);
  return orderId(order.orderId);
}

async function eventsOf(id: string) {
  return (await service.published()).filter(({ aggregateId }) => aggregateId === id);
}

async function typesOf(id: string) {
  return (await eventsOf(id)).map(({ type, version }) => `${version} ${type}`);
}

const pay = (id: ReturnType<typeof orderId>) =>
  service.deliver(process, PaymentCapturedV2, {
    orderId: id,
    paymentId: paymentId('pay-1'),
    amount: new Decimal('29.33'),
    currency: 'USD',
    providerReference: null,
    capturedAt: now(),
  });
const reserve = (id: ReturnType<typeof orderId>) =>
  service.deliver(process, StockReservedV1, { orderId: id, lines: [{ sku: 'cd-01', quantity: 2 }], reservedAt: now() });
const decline = (id: ReturnType<typeof orderId>) =>
  service.deliver(process, PaymentDeclinedV1, {
    orderId: id,
    paymentId: paymentId('pay-1'),
    reason: 'card_declined',
    declinedAt: now(),
  });
const dispatch = (id: ReturnType<typeof orderId>) =>
  service.deliver(process, ShipmentDispatchedV1, {
    orderId: id,
    shipmentId: shipmentId('ship-1'),
    trackingCode: 'T-1',
    dispatchedAt: now(),
  });

describe('placing an order', () => {
  test('answers where it is, and publishes it in both versions as one fact', async () => {
    const { status, headers, json } = await place({ ...body, lines: [line, { ...line, amount: '0.10' }] });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/orders/${json.orderId}`);
    expect(json).toMatchObject({ status: 'PLACED', total: '29.43', currency: 'USD', reference: null });
    const [v2, v1] = await eventsOf(json.orderId);
    expect([v1?.type, v2?.type]).toEqual(['orders.v1.OrderPlaced', 'orders.v2.OrderPlaced']);
    expect([v1?.version, v2?.version]).toEqual([1, 1]);
    expect(v1?.data).toMatchObject({ quantity: 4, total: new Decimal('29.43') });
    expect(v2?.data).toMatchObject({ lines: [{ sku: 'cd-01', quantity: 2, amount: new Decimal('29.33') }, {}] });
  });

  test('twice with one key makes one order', async () => {
    const first = await place(body, 'key-1');
    const again = await place(body, 'key-1');
    expect(again.json).toEqual(first.json);
    expect(await typesOf(first.json.orderId)).toHaveLength(2);
  });

  test('with a key that was used for another order is refused', async () => {
    await place(body, 'key-2');
    expect((await place({ ...body, customerId: '00005' }, 'key-2')).status).toBe(422);
  });

  test.each<[string, unknown, number, string | undefined]>([
    ['malformed JSON', '{', 400, undefined],
    ['an unknown field', { ...body, colour: 'red' }, 400, 'colour'],
    ['an unknown field in a line', { ...body, lines: [{ ...line, colour: 'red' }] }, 400, 'lines[0].colour'],
    ['a quantity of zero', { ...body, lines: [{ ...line, quantity: 0 }] }, 400, 'lines[0].quantity'],
    ['a negative quantity', { ...body, lines: [{ ...line, quantity: -1 }] }, 400, 'lines[0].quantity'],
    ['too large a quantity', { ...body, lines: [{ ...line, quantity: 10_001 }] }, 400, 'lines[0].quantity'],
    ['an amount that is a number', { ...body, lines: [{ ...line, amount: 29.33 }] }, 400, 'lines[0].amount'],
    ['a negative amount', { ...body, lines: [{ ...line, amount: '-1.00' }] }, 400, 'lines[0].amount'],
    ['an amount with three decimals', { ...body, lines: [{ ...line, amount: '1.001' }] }, 400, 'lines[0].amount'],
    ['a total that is too large', { ...body, lines: [line, { ...line, amount: '9999999999.99' }] }, 400, 'lines'],
    ['no lines', { ...body, lines: [] }, 400, 'lines'],
    ['too many lines', { ...body, lines: Array.from({ length: 101 }, () => line) }, 400, 'lines'],
    ['an address that is none', { ...body, email: 'nobody' }, 400, 'email'],
    ['a body that is too large', { ...body, reference: 'x'.repeat(70_000) }, 413, undefined],
  ])('with %s is refused, by name, and leaves no trace', async (_name, json, status, path) => {
    const before = await service.runtime.pool.query('select count(*) from orders');
    const events = (await service.published()).length;
    const refused = await place(json);
    expect(refused.status).toBe(status);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.json).toMatchObject(path === undefined ? {} : { errors: [{ path }] });
    expect((await service.runtime.pool.query('select count(*) from orders')).rows).toEqual(before.rows);
    expect(await service.published()).toHaveLength(events);
  });

  test('without an Idempotency-Key is refused', async () => {
    expect((await ask('POST', '/orders', body)).status).toBe(400);
  });
});

describe('an order', () => {
  test('goes from placed over confirmed to fulfilled, each told once', async () => {
    const id = await placed();
    await reserve(id);
    expect((await ask('GET', `/orders/${id}`)).json.status).toBe('PLACED');
    await pay(id);
    expect((await ask('GET', `/orders/${id}`)).json.status).toBe('CONFIRMED');
    await dispatch(id);
    expect((await ask('GET', `/orders/${id}`)).json.status).toBe('FULFILLED');
    expect((await typesOf(id)).slice(2)).toEqual(['2 orders.v1.OrderConfirmed', '3 orders.v1.OrderFulfilled']);
  });

  test('that is free is confirmed without a payment', async () => {
    const id = await placed({ ...body, lines: [{ ...line, amount: '0.00' }] });
    await reserve(id);
    expect((await ask('GET', `/orders/${id}`)).json).toMatchObject({ status: 'CONFIRMED', total: '0.00' });
  });

  test('whose payment is declined is cancelled, and stays so when its stock is reserved', async () => {
    const id = await placed();
    const cause = await decline(id);
    await reserve(id);
    const events = await eventsOf(id);
    expect(events.at(-1)).toMatchObject({ type: 'orders.v1.OrderCancelled', version: 2, causationId: cause });
    expect((await ask('GET', `/orders/${id}`)).json).toMatchObject({ cancelReason: 'PAYMENT_DECLINED' });
  });

  test('that does not exist is a contradiction for a person', async () => {
    await expect(pay(orderId('nowhere'))).rejects.toMatchObject({ code: 'orders.unknown-order' });
  });

  test('paid and reserved at the same time is confirmed once', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => placed()));
    await Promise.all(ids.flatMap((id) => [pay(id), reserve(id)]));
    for (const id of ids) {
      expect((await typesOf(id)).slice(2)).toEqual(['2 orders.v1.OrderConfirmed']);
    }
  });

  test('cancelled and confirmed at the same time is one of them', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await placed();
      await pay(id);
      const [, cancel] = await Promise.all([reserve(id), ask('POST', `/orders/${id}/cancel`)]);
      const last = cancel.status === 409 ? '2 orders.v1.OrderConfirmed' : '2 orders.v1.OrderCancelled';
      expect((await typesOf(id)).slice(2)).toEqual([last]);
    }
  });
});

describe('cancelling', () => {
  test('an order that is placed tells it once, however often it is asked', async () => {
    const id = await placed();
    const first = await ask('POST', `/orders/${id}/cancel`);
    const again = await ask('POST', `/orders/${id}/cancel`);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(first.json).toMatchObject({ status: 'CANCELLED', cancelReason: 'CUSTOMER_REQUEST' });
    expect((await typesOf(id)).slice(2)).toEqual(['2 orders.v1.OrderCancelled']);
  });

  test('after the order was confirmed, or fulfilled, is too late', async () => {
    const id = await placed();
    await pay(id);
    await reserve(id);
    expect((await ask('POST', `/orders/${id}/cancel`)).status).toBe(409);
    await dispatch(id);
    expect((await ask('POST', `/orders/${id}/cancel`)).json).toMatchObject({
      status: 409,
      type: 'urn:waybill:problem:orders.too-late',
    });
  });

  test('an order that nobody knows is not found', async () => {
    expect((await ask('POST', '/orders/nowhere/cancel')).status).toBe(404);
    expect((await ask('GET', '/orders/nowhere')).status).toBe(404);
  });
});

test('reading an order shows what the others did for it so far', async () => {
  const id = await placed();
  expect((await ask('GET', `/orders/${id}`)).json.fulfilment).toEqual({});
  await service.deliver(projection, PaymentCapturedV2, {
    orderId: id,
    paymentId: paymentId('pay-1'),
    amount: new Decimal('29.33'),
    currency: 'USD',
    providerReference: null,
    capturedAt: now(),
  });
  const shipment = { orderId: id, shipmentId: shipmentId('ship-1') };
  await service.deliver(projection, ShipmentBookedV1, { ...shipment, carrier: 'city-bike', bookedAt: now() });
  await service.deliver(projection, ShipmentDispatchedV1, { ...shipment, trackingCode: 'T-1', dispatchedAt: now() });
  expect((await ask('GET', `/orders/${id}`)).json.fulfilment).toMatchObject({
    payment: { status: 'CAPTURED', amount: '29.33' },
    shipment: { status: 'DISPATCHED', carrier: 'city-bike', trackingCode: 'T-1' },
  });
});

test('the list counts by status and shows the newest first', async () => {
  const id = await placed({ ...body, reference: 'the newest' });
  const all = await ask('GET', '/orders?limit=1');
  expect(all.json.orders).toHaveLength(1);
  expect(all.json.orders[0]).toMatchObject({ orderId: id, reference: 'the newest' });
  const cancelled = await ask('GET', '/orders?status=CANCELLED&limit=100');
  expect(cancelled.json.orders).toHaveLength(cancelled.json.counts.CANCELLED);
  expect((await ask('GET', '/orders?status=LOST')).status).toBe(400);
});

test('a snapshot shows the order as it stands', async () => {
  const id = await placed();
  await decline(id);
  const loaded = await service.runtime.transaction((tx) => orderSnapshots.load(tx, [id, 'nowhere'], ''));
  expect([...loaded.keys()]).toEqual([id]);
  const data = OrderSnapshotV1.codec.decode(OrderSnapshotV1.codec.encode(Object(loaded.get(id))));
  expect(data).toMatchObject({ orderId: id, status: 'CANCELLED', total: new Decimal('29.33') });
});

test('the description names every operation', async () => {
  const { json } = await ask('GET', '/openapi.json');
  expect(Object.keys(json.paths)).toEqual(['/orders', '/orders/{id}', '/orders/{id}/cancel']);
});
