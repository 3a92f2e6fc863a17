import { RetryableError } from '@waybill/messaging';
import {
  customerId,
  OrderCancelledV1,
  type OrderId,
  orderId,
  OrderPlacedV2,
  PaymentCapturedV2,
  PaymentDeclinedV1,
  PaymentRefundedV1,
  PaymentSnapshotV1,
} from '@waybill/schemas';
import { type ServiceFixture, serviceFixture } from '@waybill/service';
import { type TestDatabase, testEnvironment } from '@waybill/testing';
import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { description, paymentRoutes } from '../../src/adapters/http.ts';
import { migrations } from '../../src/adapters/migrations.ts';
import { paymentRepository } from '../../src/adapters/payment-repository.ts';
import { paymentSnapshots } from '../../src/adapters/payment-snapshots.ts';
import { paymentCapture } from '../../src/application/capture.ts';
import type { PaymentProvider, ProviderCall } from '../../src/application/provider.ts';
import type { CaptureAnswer } from '../../src/domain/payment.ts';

const now = () => new Date();
/** What the outside answers is the test's to say; who asks it, and with what, is what is tested. */
const provider = {
  answer: undefined as CaptureAnswer | undefined,
  calls: [] as { operation: string; key: string; amount: string }[],
};
const outside: PaymentProvider = {
  async capture(call) {
    note('capture', call);
    if (provider.answer === undefined) throw new RetryableError('busy');
    return provider.answer;
  },
  async refund(call) {
    note('refund', call);
  },
};
const consumer = paymentCapture({ provider: outside, payments: paymentRepository, now });
let database: TestDatabase;
let service: ServiceFixture;

function note(operation: string, call: ProviderCall): void {
  provider.calls.push({ operation, key: call.idempotencyKey, amount: call.amount.toFixed(2) });
}

beforeAll(async () => {
  database = await (await testEnvironment()).createDatabase('payments');
  service = await serviceFixture({
    name: 'payments',
    databaseUrl: database.url,
    migrations,
    publishes: [PaymentCapturedV2, PaymentDeclinedV1, PaymentRefundedV1, PaymentSnapshotV1],
    routes: ({ pool }) => paymentRoutes(pool),
    openapi: description,
  });
});

afterAll(async () => {
  await service.stop();
  await database.drop();
});

beforeEach(() => {
  provider.answer = { kind: 'captured', reference: 'cap-1' };
  provider.calls = [];
});

function place(id: OrderId, total = '29.33') {
  return service.deliver(consumer, OrderPlacedV2, {
    orderId: id,
    customerId: customerId('00004'),
    email: 'customer-00004@example.com',
    lines: [{ sku: 'cd-04', quantity: 2, amount: new Decimal(total) }],
    total: new Decimal(total),
    currency: 'USD',
    reference: null,
    placedAt: now(),
  });
}

function cancel(id: OrderId) {
  return service.deliver(consumer, OrderCancelledV1, { orderId: id, reason: 'STOCK_REJECTED', cancelledAt: now() });
}

function newId(): OrderId {
  return orderId(crypto.randomUUID());
}

async function typesOf(id: string) {
  const events = (await service.published()).filter(({ aggregateId }) => aggregateId === id);
  return events.map(({ type, version }) => `${version} ${type}`);
}

test("an order's money is captured with the event's id as the key, and shown", async () => {
  const id = newId();
  const event = await place(id);
  expect(provider.calls).toEqual([{ operation: 'capture', key: event, amount: '29.33' }]);
  expect(await typesOf(id)).toEqual(['1 payments.v2.PaymentCaptured']);
  const response = await fetch(`${service.url}/payments/${id}`);
  expect(JSON.parse(await response.text())).toMatchObject({
    status: 'CAPTURED',
    amount: '29.33',
    providerReference: 'cap-1',
  });
});

test('a declined payment is told with its reason', async () => {
  provider.answer = { kind: 'declined', reason: 'card_declined' };
  const id = newId();
  await place(id);
  expect((await service.published()).at(-1)).toMatchObject({
    type: PaymentDeclinedV1.name,
    data: { reason: 'card_declined' },
  });
});

test('a free order asks the provider for nothing and has no payment', async () => {
  const id = newId();
  await place(id, '0.00');
  await cancel(id);
  expect(provider.calls).toEqual([]);
  expect(await typesOf(id)).toEqual([]);
  expect((await fetch(`${service.url}/payments/${id}`)).status).toBe(404);
});

test('a provider that is busy leaves no trace', async () => {
  provider.answer = undefined;
  const id = newId();
  await expect(place(id)).rejects.toBeInstanceOf(RetryableError);
  expect(await typesOf(id)).toEqual([]);
});

test('a cancelled order gets its money back, once', async () => {
  const id = newId();
  await place(id);
  await cancel(id);
  await cancel(id);
  expect(provider.calls.map(({ operation }) => operation)).toEqual(['capture', 'refund']);
  expect(await typesOf(id)).toEqual(['1 payments.v2.PaymentCaptured', '2 payments.v1.PaymentRefunded']);
});

test('a cancelled order whose payment was declined gets nothing back', async () => {
  provider.answer = { kind: 'declined', reason: 'card_declined' };
  const id = newId();
  await place(id);
  await cancel(id);
  expect(provider.calls.map(({ operation }) => operation)).toEqual(['capture']);
});

test('a snapshot shows the payment as it stands', async () => {
  const id = newId();
  await place(id);
  const loaded = await service.runtime.transaction((tx) => paymentSnapshots.load(tx, [id, 'nowhere'], ''));
  expect([...loaded.keys()]).toEqual([id]);
  expect(PaymentSnapshotV1.codec.encode(Object(loaded.get(id))).length).toBeGreaterThan(0);
});
