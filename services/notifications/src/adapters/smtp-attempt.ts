import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { DeliveryFailure } from '../domain/delivery-failure.ts';

/** Milliseconds of silence before a server counts as gone; below the time that a handler's call may take. */
const silenceMs = 10_000;

export interface Envelope {
  readonly from: string;
  readonly to: string;
}

/** Where an attempt got to, and what the server said if it said something. */
export class AttemptFailedError extends Error {
  readonly failure: DeliveryFailure;

  constructor(failure: DeliveryFailure, cause: unknown) {
    super(`SMTP failed while ${failure.stage}, reply ${failure.reply ?? 'none'}`, { cause });
    this.name = 'AttemptFailedError';
    this.failure = failure;
  }
}

/**
 * Hands one message over on a connection of its own. nodemailer's transports do not say whether the text was under way
 * when a connection broke, and that decides whether trying again is safe; its connection lets us see it.
 * @throws {AttemptFailedError}
 */
export async function attempt(url: string, envelope: Envelope, source: Buffer, signal: AbortSignal): Promise<void> {
  const { protocol, hostname, port, username, password } = new URL(url);
  const connection = new SMTPConnection({
    host: hostname,
    secure: protocol === 'smtps:',
    connectionTimeout: silenceMs,
    greetingTimeout: silenceMs,
    socketTimeout: silenceMs,
    socketCloseTimeout: 0,
    ...(port === '' ? {} : { port: Number(port) }),
  });
  let stage: DeliveryFailure['stage'] = 'connecting';
  const text = Readable.from(tell(source, () => (stage = 'sending')));
  const aborted = () => connection.close();
  signal.addEventListener('abort', aborted);
  try {
    await new Promise<void>((resolve, reject) => {
      const settle = (error: Error | null | undefined) => (error ? reject(error) : resolve());
      const send = () => connection.send(envelope, text, settle);
      const login = () => {
        stage = 'connected';
        if (username === '') send();
        else connection.login(credentials(username, password), (error) => (error ? reject(error) : send()));
      };
      connection.on('error', reject);
      connection.on('end', () => reject(new Error('The connection ended.')));
      connection.connect((error) => (error ? reject(error) : login()));
    });
  } catch (error) {
    throw new AttemptFailedError({ stage, reply: replyOf(error) }, error);
  } finally {
    signal.removeEventListener('abort', aborted);
    text.destroy();
    connection.close();
  }
}

/** The text is asked for only once the server said that it wants it. */
function* tell(source: Buffer, asked: () => void): Generator<Buffer> {
  asked();
  yield source;
}

function credentials(username: string, password: string) {
  return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
}

function replyOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('responseCode' in error)) return undefined;
  return typeof error.responseCode === 'number' ? error.responseCode : undefined;
}
