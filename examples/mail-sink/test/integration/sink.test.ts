import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mailboxApp } from '../../src/http.ts';
import { Mailbox } from '../../src/mailbox.ts';
import { smtpSink } from '../../src/smtp.ts';

let smtp: ReturnType<typeof smtpSink>;
let http: Server;
let smtpPort: number;
let url: string;
let outage: number | undefined;

beforeEach(async () => {
  const mailbox = new Mailbox(10);
  smtp = smtpSink(mailbox, () => new Date());
  const smtpServer = smtp.listen(0, '127.0.0.1');
  http = mailboxApp(mailbox, (seconds) => void (outage = seconds)).listen(0, '127.0.0.1');
  await Promise.all([once(smtpServer, 'listening'), once(http, 'listening')]);
  smtpPort = (smtpServer.address() as AddressInfo).port;
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});

afterEach(async () => {
  http.closeAllConnections();
  await Promise.all([
    new Promise<void>((resolve) => smtp.close(resolve)),
    new Promise((resolve) => http.close(resolve)),
  ]);
});

/** Says each line after the server's reply to the one before it, and answers the last reply. */
async function converse(lines: readonly string[]): Promise<string> {
  const socket = connect(smtpPort, '127.0.0.1');
  const waiting = [...lines];
  let last = '';
  for await (const reply of createInterface({ input: socket })) {
    last = reply;
    if (/^\d{3}-/.test(reply)) continue;
    const next = waiting.shift();
    if (next === undefined) break;
    socket.write(`${next}\r\n`);
  }
  socket.destroy();
  return last;
}

function mail(text: string): string[] {
  return ['EHLO here', 'MAIL FROM:<shop@example.com>', 'RCPT TO:<a@example.com>', 'DATA', `${text}\r\n.`];
}

test('a mail handed over by SMTP is shown over HTTP', async () => {
  expect(await converse(mail('Message-ID: <1@x>\r\nSubject: Hi\r\n\r\nHello'))).toMatch(/^250/);
  const shown: unknown = await (await fetch(`${url}/mails?to=a@example.com&limit=1`)).json();
  expect(shown).toMatchObject({ mails: [{ messageId: '<1@x>', subject: 'Hi', to: ['a@example.com'] }] });
  expect(await (await fetch(`${url}/mails?to=b@example.com`)).json()).toEqual({ mails: [] });
});

test('a mail that comes twice is counted as a duplicate', async () => {
  await converse(mail('Message-ID: <1@x>\r\n\r\nHello'));
  await converse(mail('Message-ID: <1@x>\r\n\r\nHello'));
  expect(await (await fetch(`${url}/mails/count`)).json()).toEqual({ received: 2, kept: 2, duplicates: 1 });
});

test('a mail that is too large is refused for good, and not kept', async () => {
  expect(await converse(mail(`Subject: x\r\n\r\n${'line\r\n'.repeat(60_000)}`))).toMatch(/^552/);
  expect(await (await fetch(`${url}/mails/count`)).json()).toMatchObject({ received: 0 });
});

test.each(['0', '1001', 'many'])('a limit of %s is refused', async (limit) => {
  expect((await fetch(`${url}/mails?limit=${limit}`)).status).toBe(400);
});

test('an outage is asked for in seconds, and not for longer than ten minutes', async () => {
  expect((await fetch(`${url}/outage?seconds=601`, { method: 'POST' })).status).toBe(400);
  expect(outage).toBeUndefined();
  expect((await fetch(`${url}/outage?seconds=60`, { method: 'POST' })).status).toBe(202);
  expect(outage).toBe(60);
});
