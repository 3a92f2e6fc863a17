import { RetryableError } from '@waybill/messaging';
import {
  customerId,
  OrderCancelledV1,
  OrderConfirmedV1,
  OrderFulfilledV1,
  type OrderId,
  orderId,
  OrderPlacedV2,
} from '@waybill/schemas';
import { type ServiceFixture, serviceFixture } from '@waybill/service';
import { type TestDatabase, testEnvironment } from '@waybill/testing';
import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { contactRepository } from '../../src/adapters/contact-repository.ts';
import { description, notificationRoutes } from '../../src/adapters/http.ts';
import { migrations } from '../../src/adapters/migrations.ts';
import { saveSent } from '../../src/adapters/sent-mails.ts';
import { contactsProjection } from '../../src/application/contacts.ts';
import { mailing } from '../../src/application/mailing.ts';
import type { Mail } from '../../src/domain/mail.ts';

const now = () => new Date();
let sent: Mail[] = [];
const contacts = contactsProjection(contactRepository);
const mails = mailing({
  mailer: { send: async (mail) => void sent.push(mail) },
  contacts: contactRepository,
  saveSent,
  now,
});
let database: TestDatabase;
let service: ServiceFixture;

beforeAll(async () => {
  database = await (await testEnvironment()).createDatabase('notifications');
  service = await serviceFixture({
    name: 'notifications',
    databaseUrl: database.url,
    migrations,
    publishes: [],
    routes: ({ pool }) => notificationRoutes(pool),
    openapi: description,
  });
});

afterAll(async () => {
  await service.stop();
  await database.drop();
});

beforeEach(() => {
  sent = [];
});

async function known(): Promise<OrderId> {
  const id = orderId(crypto.randomUUID());
  await service.deliver(contacts, OrderPlacedV2, {
    orderId: id,
    customerId: customerId('00004'),
    email: 'customer-00004@example.com',
    lines: [{ sku: 'cd-04', quantity: 2, amount: new Decimal('29.33') }],
    total: new Decimal('29.33'),
    currency: 'USD',
    reference: null,
    placedAt: now(),
  });
  return id;
}

test('each step of an order is mailed to its customer, under a Message-ID of its event', async () => {
  const id = await known();
  const confirmed = await service.deliver(mails, OrderConfirmedV1, { orderId: id, confirmedAt: now() });
  await service.deliver(mails, OrderFulfilledV1, { orderId: id, fulfilledAt: now() });
  expect(sent.map(({ to, subject }) => [to, subject])).toEqual([
    ['customer-00004@example.com', `Order ${id} is confirmed`],
    ['customer-00004@example.com', `Order ${id} is on its way`],
  ]);
  expect(sent[0]?.messageId).toBe(`<${confirmed}@waybill.example>`);
  const response = await fetch(`${service.url}/notifications/${id}`);
  expect(JSON.parse(await response.text())).toMatchObject({
    mails: [{ eventId: confirmed, subject: `Order ${id} is confirmed` }, { subject: `Order ${id} is on its way` }],
  });
});

test('a cancelled order is mailed with its reason', async () => {
  const id = await known();
  await service.deliver(mails, OrderCancelledV1, { orderId: id, reason: 'PAYMENT_DECLINED', cancelledAt: now() });
  expect(sent[0]?.text).toContain('payment was declined');
});

test('an order whose contact is not known yet is tried again, and nothing is sent', async () => {
  const id = orderId(crypto.randomUUID());
  const delivered = service.deliver(mails, OrderConfirmedV1, { orderId: id, confirmedAt: now() });
  await expect(delivered).rejects.toBeInstanceOf(RetryableError);
  expect(sent).toEqual([]);
});

test('a mail needs the contact of its own order', () => {
  const [confirmed] = mails.handlers;
  const event = { aggregateType: 'orders.order', aggregateId: 'order-1' };
  expect(confirmed?.needs?.(event as never)).toEqual([{ projection: 'notifications.contacts', ...event }]);
});

test('the contact follows the order', async () => {
  const id = await known();
  await service.deliver(contacts, OrderCancelledV1, { orderId: id, reason: 'CUSTOMER_REQUEST', cancelledAt: now() });
  const { rows } = await service.runtime.pool.query('select * from contact where order_id = $1', [id]);
  expect(rows).toEqual([{ order_id: id, email: 'customer-00004@example.com', status: 'CANCELLED' }]);
});
