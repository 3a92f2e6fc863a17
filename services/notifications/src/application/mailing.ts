import type { Contract } from '@waybill/contracts';
import {
  consumer,
  type ConsumerDefinition,
  type HandlerEntry,
  onExternal,
  type Queryable,
  RetryableError,
} from '@waybill/messaging';
import { OrderCancelledV1, OrderConfirmedV1, OrderFulfilledV1, type OrderId } from '@waybill/schemas';
import { ledgered } from '@waybill/service';
import { compose, type Mail, type Notice } from '../domain/mail.ts';
import { type Contacts, contactsName } from './contacts.ts';

/** Hands a mail over. What it throws says whether the mail may have been sent; see `smtpMailer`. */
export interface Mailer {
  send(mail: Mail, signal: AbortSignal): Promise<void>;
}

export interface SentMail {
  readonly eventId: string;
  readonly orderId: string;
  readonly subject: string;
  readonly sentAt: Date;
}

export interface MailingPorts {
  readonly mailer: Mailer;
  contacts(db: Queryable): Contacts;
  saveSent(tx: Queryable, mail: SentMail): Promise<void>;
  now(): Date;
}

/**
 * Mails the customer when an order is confirmed, cancelled or fulfilled. SMTP cannot be asked whether a mail went out,
 * so an attempt whose outcome is unknown is parked for a person and never made again.
 */
export function mailing(ports: MailingPorts): ConsumerDefinition {
  const name = 'notifications.mail';
  return consumer({
    name,
    kind: 'reaction',
    from: 'beginning',
    objective: { visibleWithinMs: 30_000, share: 0.99 },
    handlers: ledgered(
      [
        mailAbout(ports, OrderConfirmedV1, () => ({ kind: 'confirmed' })),
        mailAbout(ports, OrderCancelledV1, ({ reason }) => ({ kind: 'cancelled', reason })),
        mailAbout(ports, OrderFulfilledV1, () => ({ kind: 'fulfilled' })),
      ],
      name,
    ),
  });
}

function mailAbout<TData extends { readonly orderId: OrderId }>(
  { mailer, contacts, saveSent, now }: MailingPorts,
  contract: Contract<TData>,
  noticeOf: (data: TData) => Notice,
): HandlerEntry {
  return onExternal(contract, {
    needs: ({ aggregateType, aggregateId }) => [{ projection: contactsName, aggregateType, aggregateId }],
    external: {
      idempotent: false,
      dependency: 'smtp',
      async call({ data }, { idempotencyKey, db, signal }) {
        const to = await contacts(db).emailOf(data.orderId);
        if (to === undefined) {
          throw new RetryableError(`There is no contact for order ${data.orderId} yet.`, {
            code: 'notifications.no-contact',
          });
        }
        const mail = compose(noticeOf(data), { orderId: data.orderId, eventId: idempotencyKey, to });
        await mailer.send(mail, signal);
        return { subject: mail.subject };
      },
    },
    async handle({ id, data }, { tx }, sent) {
      if (sent === undefined) return;
      await saveSent(tx, { eventId: id, orderId: data.orderId, subject: sent.subject, sentAt: now() });
    },
  });
}
