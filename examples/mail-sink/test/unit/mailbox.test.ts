import { expect, test } from 'vitest';
import { Mailbox, type KeptMail } from '../../src/mailbox.ts';

function mail(messageId: string, to = 'a@example.com'): KeptMail {
  return { messageId, to: [to], from: '', subject: '', text: '', receivedAt: '2026-01-01T00:00:00.000Z' };
}

test('keeps the newest mails and counts all', () => {
  const mailbox = new Mailbox(2);
  for (const id of ['1', '2', '3']) mailbox.add(mail(id));
  expect(mailbox.latest(10).map(({ messageId }) => messageId)).toEqual(['3', '2']);
  expect(mailbox.counts()).toEqual({ received: 3, kept: 2, duplicates: 0 });
});

test('counts a Message-ID that comes again, also when its mail is no longer kept', () => {
  const mailbox = new Mailbox(1);
  for (const id of ['1', '2', '1']) mailbox.add(mail(id));
  expect(mailbox.counts().duplicates).toBe(1);
});

test('finds the mails to one address', () => {
  const mailbox = new Mailbox(10);
  mailbox.add(mail('1', 'a@example.com'));
  mailbox.add(mail('2', 'b@example.com'));
  expect(mailbox.latest(10, 'a@example.com').map(({ messageId }) => messageId)).toEqual(['1']);
});
