import {
  customerId,
  OrderCancelledV1,
  type OrderId,
  orderId,
  OrderPlacedV2,
  ReservationSnapshotV1,
  StockRejectedV1,
  StockReleasedV1,
  StockReservedV1,
} from '@waybill/schemas';
import { type ServiceFixture, serviceFixture } from '@waybill/service';
import { type TestDatabase, testEnvironment } from '@waybill/testing';
import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { description, inventoryRoutes } from '../../src/adapters/http.ts';
import { migrations } from '../../src/adapters/migrations.ts';
import { reservationSnapshots } from '../../src/adapters/reservation-snapshots.ts';
import { stockRepository } from '../../src/adapters/stock-repository.ts';
import { reservations } from '../../src/application/reservations.ts';

const now = () => new Date();
const consumer = reservations({ stock: stockRepository, now });
let database: TestDatabase;
let service: ServiceFixture;

beforeAll(async () => {
  database = await (await testEnvironment()).createDatabase('inventory');
  service = await serviceFixture({
    name: 'inventory',
    databaseUrl: database.url,
    migrations,
    publishes: [StockReservedV1, StockRejectedV1, StockReleasedV1, ReservationSnapshotV1],
    routes: ({ pool }) => inventoryRoutes(pool),
    openapi: description,
  });
});

afterAll(async () => {
  await service.stop();
  await database.drop();
});

function place(id: OrderId, lines: readonly { sku: string; quantity: number }[]) {
  return service.deliver(consumer, OrderPlacedV2, {
    orderId: id,
    customerId: customerId('00004'),
    email: 'customer-00004@example.com',
    lines: lines.map((line) => ({ ...line, amount: new Decimal('1.00') })),
    total: new Decimal('1.00'),
    currency: 'USD',
    reference: null,
    placedAt: now(),
  });
}

function cancel(id: OrderId) {
  return service.deliver(consumer, OrderCancelledV1, { orderId: id, reason: 'CUSTOMER_REQUEST', cancelledAt: now() });
}

function newId(): OrderId {
  return orderId(crypto.randomUUID());
}

interface Article {
  readonly sku: string;
  readonly available: number;
  readonly reserved: number;
}

async function listed(query = ''): Promise<readonly Article[]> {
  const response = await fetch(`${service.url}/stock${query}`);
  const { stock } = (await response.json()) as { stock: readonly Article[] };
  return stock;
}

async function stockOf(sku: string): Promise<Article> {
  const [article] = await listed(`?sku=${sku}`);
  if (article === undefined) throw new Error(`${sku} is not kept`);
  return article;
}

async function eventsOf(id: string) {
  return (await service.published()).filter(({ aggregateId }) => aggregateId === id);
}

test('twenty articles are kept from the start', async () => {
  expect((await listed()).map(({ sku }) => sku)).toEqual(
    Array.from({ length: 20 }, (_, n) => `cd-${String(n).padStart(2, '0')}`),
  );
});

test('an order takes its stock, and a cancel gives it back', async () => {
  const before = await stockOf('cd-01');
  const id = newId();
  await place(id, [
    { sku: 'cd-02', quantity: 1 },
    { sku: 'cd-01', quantity: 3 },
  ]);
  expect(await stockOf('cd-01')).toEqual({ ...before, available: before.available - 3, reserved: before.reserved + 3 });
  await cancel(id);
  expect(await stockOf('cd-01')).toEqual(before);
  expect(await eventsOf(id)).toMatchObject([
    {
      type: StockReservedV1.name,
      version: 1,
      data: {
        lines: [
          { sku: 'cd-01', quantity: 3 },
          { sku: 'cd-02', quantity: 1 },
        ],
      },
    },
    { type: StockReleasedV1.name, version: 2 },
  ]);
});

test('an order that asks for too much takes nothing, and its cancel gives nothing back', async () => {
  const before = await stockOf('cd-09');
  const id = newId();
  await place(id, [
    { sku: 'cd-03', quantity: 1 },
    { sku: 'cd-09', quantity: before.available + 1 },
  ]);
  await cancel(id);
  expect(await stockOf('cd-09')).toEqual(before);
  expect(await eventsOf(id)).toMatchObject([
    {
      type: StockRejectedV1.name,
      data: { sku: 'cd-09', requested: before.available + 1, available: before.available },
    },
  ]);
});

test('a second cancel gives nothing back', async () => {
  const id = newId();
  await place(id, [{ sku: 'cd-04', quantity: 1 }]);
  await cancel(id);
  const after = await stockOf('cd-04');
  await cancel(id);
  expect(await stockOf('cd-04')).toEqual(after);
  expect(await eventsOf(id)).toHaveLength(2);
});

test('many orders at once, in batches of opposite order, neither deadlock nor oversell', async () => {
  const before = await stockOf('cd-13');
  const batch = (skus: readonly string[]) =>
    service.runtime.transaction(async (tx) => {
      const stock = stockRepository(tx);
      for (const sku of skus) {
        const available = (await stock.lock([sku])).get(sku) ?? 0;
        if (available > 0) await stock.take([{ sku, quantity: 1 }]);
      }
    });
  await Promise.all(Array.from({ length: 8 }, (_, n) => batch(n % 2 === 0 ? ['cd-05', 'cd-13'] : ['cd-13', 'cd-05'])));
  expect((await stockOf('cd-13')).available).toBe(before.available - 8);
});

test('a reservation is shown, and stands in a snapshot', async () => {
  const id = newId();
  await place(id, [{ sku: 'cd-06', quantity: 2 }]);
  const response = await fetch(`${service.url}/reservations/${id}`);
  expect(JSON.parse(await response.text())).toMatchObject({
    status: 'RESERVED',
    lines: [{ sku: 'cd-06', quantity: 2 }],
  });
  const loaded = await service.runtime.transaction((tx) => reservationSnapshots.load(tx, [id, 'nowhere'], ''));
  expect([...loaded.keys()]).toEqual([id]);
  expect(ReservationSnapshotV1.codec.encode(Object(loaded.get(id))).length).toBeGreaterThan(0);
  expect((await fetch(`${service.url}/reservations/nowhere`)).status).toBe(404);
});
