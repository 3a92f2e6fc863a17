import type { MailEvidence, ProviderPayment } from '../evidence.ts';
import { field, getJson } from './http.ts';

const mailsListed = 1000;

/** What the payment provider says that it did, order by order. */
export async function readProvider(url: string): Promise<readonly ProviderPayment[]> {
  const orders = field(await getJson(`${url}/captures`), 'orders');
  if (typeof orders !== 'object' || orders === null) throw new Error(`${url}/captures lists no orders.`);
  return Object.entries(orders).map(([orderId, counts]) => ({
    orderId,
    captures: Number(field(counts, 'captures')),
    refunds: Number(field(counts, 'refunds')),
  }));
}

/** What arrived at the mail server: the newest mails, and the counts of all. */
export async function readMails(url: string): Promise<MailEvidence> {
  const mails = field(await getJson(`${url}/mails?limit=${mailsListed}`), 'mails');
  const counts = await getJson(`${url}/mails/count`);
  if (!Array.isArray(mails)) throw new Error(`${url}/mails lists no mails.`);
  return {
    messageIds: mails.map((mail) => String(field(mail, 'messageId'))),
    received: Number(field(counts, 'received')),
    duplicates: Number(field(counts, 'duplicates')),
  };
}
