import type { Readable } from 'node:stream';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Mailbox } from './mailbox.ts';
import { readMessage } from './message.ts';

const maxMessageBytes = 256 * 1024;

/** An SMTP server that takes every mail of up to 256 KiB, asks for no login, and puts it into the mailbox. */
export function smtpSink(mailbox: Mailbox, now: () => Date): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    size: maxMessageBytes,
    onData(stream, session, done) {
      void (async () => done(await receive(stream, session, mailbox, now)))();
    },
  });
}

/** Puts the mail into the mailbox; answers what is to be replied when it is not taken. */
async function receive(
  stream: SMTPServerDataStream,
  { envelope }: SMTPServerSession,
  mailbox: Mailbox,
  now: () => Date,
): Promise<Error | null> {
  try {
    const source = await read(stream);
    if (stream.sizeExceeded) return Object.assign(new Error('The message is too large.'), { responseCode: 552 });
    mailbox.add({
      ...readMessage(source),
      from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
      to: envelope.rcptTo.map(({ address }) => address),
      receivedAt: now().toISOString(),
    });
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Beyond the limit the rest is read and dropped, so that the sender gets its reply. */
async function read(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes <= maxMessageBytes) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
