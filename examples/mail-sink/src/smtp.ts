import type { Readable } from 'node:stream';
import { SMTPServer } from 'smtp-server';
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
      read(stream).then(
        (source) => {
          if (stream.sizeExceeded) {
            done(Object.assign(new Error('The message is too large.'), { responseCode: 552 }));
            return;
          }
          const { mailFrom, rcptTo } = session.envelope;
          mailbox.add({
            ...readMessage(source),
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            receivedAt: now().toISOString(),
          });
          done();
        },
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
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
