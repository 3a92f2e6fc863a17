import { PauseError, RetryableError, TerminalError, WaybillError } from '@waybill/messaging';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Mailer } from '../application/mailing.ts';
import { type DeliveryFailure, deliveryVerdict } from '../domain/delivery-failure.ts';
import { attempt, AttemptFailedError } from './smtp-attempt.ts';

const sender = 'shop@waybill.example';
/** Milliseconds before a mail server that was not there is looked for again. */
const probeAfterMs = 1_000;

/** The server had the mail's text, or part of it, and did not say what became of it: it may have been sent. */
export class MailOutcomeUnknownError extends WaybillError {
  constructor(messageId: string) {
    super(
      'notifications.outcome-unknown',
      `Whether the mail ${messageId} was sent is unknown. Look for it at the mail server, then skip or redrive it.`,
    );
  }
}

/**
 * Sends mail over SMTP at `url` (`smtp://host:port`, `smtps://user:password@host`). When `send` throws a
 * `RetryableError`, a `TerminalError` or a `PauseError`, nothing was sent; a {@link MailOutcomeUnknownError} leaves
 * that open.
 */
export function smtpMailer(url: string): Mailer {
  return {
    async send(mail, signal) {
      const source = await new MailComposer({ from: sender, ...mail }).compile().build();
      try {
        await attempt(url, { from: sender, to: mail.to }, source, signal);
      } catch (error) {
        throw error instanceof AttemptFailedError ? meaning(error.failure, mail.messageId) : error;
      }
    },
  };
}

/** Servers repeat addresses in their replies, so only the reply's code goes into what is stored and logged. */
function meaning(failure: DeliveryFailure, messageId: string): WaybillError {
  const reply = failure.reply === undefined ? 'without a reply' : `with ${failure.reply}`;
  switch (deliveryVerdict(failure)) {
    case 'down':
      return new PauseError('smtp', 'The mail server cannot be reached. Start it, or set SMTP_URL.', { probeAfterMs });
    case 'later':
      return new RetryableError(`The mail server turned ${messageId} away for now, ${reply}.`, {
        code: 'notifications.smtp-later',
      });
    case 'never':
      return new TerminalError(`The mail server refused ${messageId} ${reply}. Check the address of the order.`, {
        code: 'notifications.smtp-refused',
      });
    case 'unknown':
      return new MailOutcomeUnknownError(messageId);
  }
}
