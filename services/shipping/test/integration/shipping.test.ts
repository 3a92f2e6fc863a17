import {
  OrderConfirmedV1,
  type OrderId,
  orderId,
  ShipmentBookedV1,
  ShipmentDispatchedV1,
  ShipmentSnapshotV1,
} from '@waybill/schemas';
import { type ServiceFixture, serviceFixture } from '@waybill/service';
import { type TestDatabase, testEnvironment } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { description, shipmentRoutes } from '../../src/adapters/http.ts';
import { migrations } from '../../src/adapters/migrations.ts';
import { shipmentRepository } from '../../src/adapters/shipment-repository.ts';
import { shipmentSnapshots } from '../../src/adapters/shipment-snapshots.ts';
import { shippingBookings } from '../../src/application/bookings.ts';
import { dispatching } from '../../src/application/dispatching.ts';

/** The test's clock, so that packing takes no time. */
let clock = new Date('2026-01-01T00:00:00Z');
const ports = { shipments: shipmentRepository, now: () => clock };
const consumer = shippingBookings(ports);
const patient = new AbortController().signal;
let database: TestDatabase;
let service: ServiceFixture;

beforeAll(async () => {
  database = await (await testEnvironment()).createDatabase('shipping');
  service = await serviceFixture({
    name: 'shipping',
    databaseUrl: database.url,
    migrations,
    publishes: [ShipmentBookedV1, ShipmentDispatchedV1, ShipmentSnapshotV1],
    routes: ({ pool }) => shipmentRoutes(pool),
    openapi: description,
  });
});

afterAll(async () => {
  await service.stop();
  await database.drop();
});

function confirm(id: OrderId) {
  return service.deliver(consumer, OrderConfirmedV1, { orderId: id, confirmedAt: clock });
}

function dispatchNow() {
  return dispatching({ ...ports, runtime: service.runtime }).run(patient);
}

function later(ms: number): void {
  clock = new Date(clock.getTime() + ms);
}

function newId(): OrderId {
  return orderId(crypto.randomUUID());
}

async function eventsOf(id: string) {
  return (await service.published()).filter(({ aggregateId }) => aggregateId === id);
}

test('a confirmed order is booked, packed and dispatched, each told once', async () => {
  const id = newId();
  await confirm(id);
  await dispatchNow();
  expect((await eventsOf(id)).map(({ type }) => type)).toEqual([ShipmentBookedV1.name]);
  later(250);
  await dispatchNow();
  await dispatchNow();
  expect(await eventsOf(id)).toMatchObject([
    { type: ShipmentBookedV1.name, version: 1 },
    { type: ShipmentDispatchedV1.name, version: 2 },
  ]);
  const response = await fetch(`${service.url}/shipments/${id}`);
  expect(JSON.parse(await response.text())).toMatchObject({ orderId: id, status: 'DISPATCHED' });
});

test('a dispatch goes on in the story of the order that it is for', async () => {
  const id = newId();
  const cause = await confirm(id);
  later(250);
  await dispatchNow();
  const [booked, dispatched] = await eventsOf(id);
  expect(dispatched).toMatchObject({ causationId: cause, correlationId: booked?.correlationId });
  expect(dispatched?.correlationId).toBe(`correlation-${cause}`);
});

test('several dispatchers at once dispatch everything, and nothing twice', async () => {
  const ids = Array.from({ length: 120 }, newId);
  for (const id of ids) await confirm(id);
  later(250);
  await Promise.all([dispatchNow(), dispatchNow(), dispatchNow()]);
  await dispatchNow();
  const published = await service.published();
  for (const id of ids) {
    expect(published.filter(({ aggregateId }) => aggregateId === id).map(({ version }) => version)).toEqual([1, 2]);
  }
});

test('an order without a shipment is not found', async () => {
  expect((await fetch(`${service.url}/shipments/nowhere`)).status).toBe(404);
});

test('a snapshot shows the shipment as it stands', async () => {
  const id = newId();
  await confirm(id);
  const loaded = await service.runtime.transaction((tx) => shipmentSnapshots.load(tx, [id, 'nowhere'], ''));
  expect([...loaded.keys()]).toEqual([id]);
  expect(ShipmentSnapshotV1.codec.encode(Object(loaded.get(id))).length).toBeGreaterThan(0);
});
