import type { Queryable } from '@waybill/messaging';
import { z } from 'zod';
import type { SentMail } from '../application/mailing.ts';

const sentRow = z.object({ event_id: z.string(), order_id: z.string(), subject: z.string(), sent_at: z.date() });

/** Writes down that a mail was handed over. */
export async function saveSent(tx: Queryable, { eventId, orderId, subject, sentAt }: SentMail): Promise<void> {
  await tx.query('insert into sent_mail (event_id, order_id, subject, sent_at) values ($1, $2, $3, $4)', [
    eventId,
    orderId,
    subject,
    sentAt,
  ]);
}

/** The mails handed over about an order, the oldest first. */
export async function sentAbout(db: Queryable, orderId: string): Promise<readonly SentMail[]> {
  const { rows } = await db.query('select * from sent_mail where order_id = $1 order by sent_at, event_id', [orderId]);
  return rows
    .map((row) => sentRow.parse(row))
    .map(({ event_id, order_id, subject, sent_at }) => ({
      eventId: event_id,
      orderId: order_id,
      subject,
      sentAt: sent_at,
    }));
}
