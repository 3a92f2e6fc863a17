import { TerminalError } from '@waybill/messaging';
import {
  customerId,
  OrderConfirmedV1,
  OrderFulfilledV1,
  orderId,
  OrderPlacedV2,
  OrderSnapshotV1,
} from '@waybill/schemas';
import { serviceMigrations } from '@waybill/service';
import { atProducer, event, specification } from '@waybill/testing/specification';
import { Decimal } from 'decimal.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { contactRepository } from '../../src/adapters/contact-repository.ts';
import { migrations } from '../../src/adapters/migrations.ts';
import { saveSent } from '../../src/adapters/sent-mails.ts';
import { contactsProjection } from '../../src/application/contacts.ts';
import { mailing } from '../../src/application/mailing.ts';
import type { Mail } from '../../src/domain/mail.ts';

const now = new Date('2026-11-26T12:00:00Z');
let sent: Mail[];
let send: (mail: Mail) => void;
beforeEach(() => {
  sent = [];
  send = (mail) => void sent.push(mail);
});

const notifications = await specification({
  tables: [...serviceMigrations, ...migrations],
  consumers: [
    contactsProjection(contactRepository),
    mailing({
      mailer: { send: async (mail) => send(mail) },
      contacts: contactRepository,
      saveSent,
      now: () => now,
    }),
  ],
});

const id = orderId('order-1');
const order = {
  orderId: id,
  customerId: customerId('00004'),
  email: 'customer-00004@example.com',
  lines: [{ sku: 'cd-04', quantity: 2, amount: new Decimal('29.33') }],
  total: new Decimal('29.33'),
  currency: 'USD',
  placedAt: now,
};
const placed = (version = 1) => event(OrderPlacedV2, { aggregateId: id, version, data: { ...order, reference: null } });
const confirmed = (version = 2) =>
  event(OrderConfirmedV1, { aggregateId: id, version, data: { orderId: id, confirmedAt: now } });
const fulfilled = (version = 3) =>
  event(OrderFulfilledV1, { aggregateId: id, version, data: { orderId: id, fulfilledAt: now } });
const subjects = () => sent.map(({ to, subject }) => `${to}: ${subject}`);

describe('the customer of an order', () => {
  it('is mailed each step once, in order, however the events arrive', async () => {
    const [first, second, third] = [placed(), confirmed(), fulfilled()];
    await notifications
      .when(third, second, first, second, third)
      .then({ rows: { contact: [{ order_id: id, status: 'FULFILLED' }], sent_mail: [{}, {}] } });
    expect(subjects()).toEqual([
      'customer-00004@example.com: Order order-1 is confirmed',
      'customer-00004@example.com: Order order-1 is on its way',
    ]);
  });

  it('is mailed when the order’s own events stay away and its service is asked for the order', async () => {
    const snapshot = event(OrderSnapshotV1, {
      aggregateId: id,
      version: 2,
      data: { ...order, status: 'CONFIRMED', updatedAt: now },
    });
    await notifications
      .given(atProducer(snapshot), atProducer(placed()))
      .when(confirmed())
      .then({ rows: { contact: [{ order_id: id, email: order.email, status: 'CONFIRMED' }] } });
    expect(sent).toHaveLength(1);
  });

  it('is not mailed again when it is not known whether a mail went out', async () => {
    send = (mail) => {
      sent.push(mail);
      throw new Error('no reply');
    };
    await notifications
      .given(placed())
      .when(confirmed())
      .then({ parked: [{ consumer: 'notifications.mail', reason: 'dead' }], rows: { sent_mail: [] } });
    expect(sent).toHaveLength(1);
  });

  it('is told nothing later, when a mail was refused for good, before a person has looked', async () => {
    send = () => {
      throw new TerminalError('no such mailbox');
    };
    await notifications
      .given(placed())
      .when(confirmed(), fulfilled())
      .then({
        parked: [
          { version: 2, reason: 'dead', error: 'no such mailbox' },
          { version: 3, reason: 'behind' },
        ],
      });
  });
});
