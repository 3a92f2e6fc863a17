import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { PauseError, RetryableError, TerminalError } from '@waybill/messaging';
import { afterEach, expect, test, vi } from 'vitest';
import { MailOutcomeUnknownError, smtpMailer } from '../../src/adapters/smtp-mailer.ts';
import { compose } from '../../src/domain/mail.ts';

const eventId = '01900000-0000-7000-8000-000000000001';
const mail = compose({ kind: 'confirmed' }, { orderId: 'order-1', eventId, to: 'customer-00001@example.com' });
const patient = new AbortController().signal;

/** What the server does at a step: a reply, or one of these two. */
const hangUp = 'hang up';
const sayNothing = 'say nothing';
type Step = string;
interface Script {
  readonly greeting?: Step;
  readonly recipient?: Step;
  readonly data?: Step;
  readonly text?: Step;
}

let server: Server | undefined;

/** An SMTP server that follows a script, and good manners where the script says nothing. */
async function start(script: Script = {}): Promise<{ url: string; taken: string[] }> {
  const taken: string[] = [];
  server = createServer((socket) => serve(socket, script, taken)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, taken };
}

function serve(socket: Socket, script: Script, taken: string[]): void {
  let text: string[] | undefined;
  const act = (step: Step) => {
    if (step === hangUp) socket.destroy();
    else if (step !== sayNothing) socket.write(`${step}\r\n`);
  };
  socket.on('error', () => {});
  act(script.greeting ?? '220 ready');
  createInterface({ input: socket }).on('line', (line) => {
    if (text !== undefined) {
      if (line !== '.') text.push(line);
      else {
        const reply = script.text ?? '250 taken';
        taken.push(text.join('\n'));
        text = undefined;
        act(reply);
      }
    } else if (/^DATA/i.test(line)) {
      const reply = script.data ?? '354 go on';
      if (reply.startsWith('3')) text = [];
      act(reply);
    } else if (/^RCPT/i.test(line)) act(script.recipient ?? '250 ok');
    else act(/^QUIT/i.test(line) ? '221 bye' : '250 ok');
  });
}

afterEach(async () => {
  const closing = server;
  server = undefined;
  if (closing !== undefined) await new Promise((resolve) => closing.close(resolve));
});

test('a mail arrives with its Message-ID, subject and recipient', async () => {
  const { url, taken } = await start();
  await smtpMailer(url).send(mail, patient);
  expect(taken).toHaveLength(1);
  expect(taken[0]).toContain(`Message-ID: <${eventId}@waybill.example>`);
  expect(taken[0]).toContain('Subject: Order order-1 is confirmed');
  expect(taken[0]).toContain('To: customer-00001@example.com');
  expect(taken[0]).toContain('Content-Type: text/plain');
});

test('no server at all pauses the consumer', async () => {
  const { url } = await start();
  await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  await expect(smtpMailer(url).send(mail, patient)).rejects.toBeInstanceOf(PauseError);
});

test.each<[string, Script]>([
  ['a busy greeting', { greeting: '421 too busy' }],
  ['a full mailbox', { recipient: '452 mailbox full' }],
  ['a reply of 4xx to the text', { text: '451 try again' }],
  ['a connection lost before the text', { recipient: hangUp }],
  ['a connection lost at DATA', { data: hangUp }],
])('%s is tried again, since nothing was sent', async (_name, script) => {
  const { url } = await start(script);
  await expect(smtpMailer(url).send(mail, patient)).rejects.toBeInstanceOf(RetryableError);
});

test.each<[string, Script]>([
  ['an unknown recipient', { recipient: '550 no such customer-00001@example.com' }],
  ['a refused text', { text: '554 not here' }],
])('%s is never tried again, and the reason holds no address', async (_name, script) => {
  const { url } = await start(script);
  const error: unknown = await smtpMailer(url)
    .send(mail, patient)
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TerminalError);
  expect(JSON.stringify(error) + String(error)).not.toContain('customer-00001@');
});

test('a connection lost after the text leaves the outcome unknown', async () => {
  const { url } = await start({ text: hangUp });
  const error: unknown = await smtpMailer(url)
    .send(mail, patient)
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(MailOutcomeUnknownError);
  for (const known of [RetryableError, TerminalError, PauseError]) expect(error).not.toBeInstanceOf(known);
});

test('an abort while the text is under way leaves the outcome unknown', async () => {
  const { url, taken } = await start({ text: sayNothing });
  const stopping = new AbortController();
  const sending = smtpMailer(url)
    .send(mail, stopping.signal)
    .catch((thrown: unknown) => thrown);
  await vi.waitFor(() => expect(taken).toHaveLength(1), { timeout: 5_000 });
  stopping.abort();
  expect(await sending).toBeInstanceOf(MailOutcomeUnknownError);
});
