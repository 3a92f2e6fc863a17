/** What is known about an attempt to hand a mail over that did not end well. */
export interface DeliveryFailure {
  /** The SMTP reply code, where the server gave one. */
  readonly reply: number | undefined;
  /** How far it came: no connection, a connection, or the mail's text under way. */
  readonly stage: 'connecting' | 'connected' | 'sending';
}

/**
 * What a failed attempt means.
 * - `down`: there is no server to talk to; nothing was sent.
 * - `later`: nothing was sent, and another attempt may work.
 * - `never`: nothing was sent, and no attempt will work.
 * - `unknown`: the text was under way and no reply came; the mail may have been sent or not.
 */
export type DeliveryVerdict = 'down' | 'later' | 'never' | 'unknown';

/** A reply is a server's word, at whatever stage (RFC 5321 section 4.2.1); without one it matters how far we came. */
export function deliveryVerdict({ reply, stage }: DeliveryFailure): DeliveryVerdict {
  if (reply !== undefined && reply >= 400 && reply < 500) return 'later';
  if (reply !== undefined && reply >= 500 && reply < 600) return 'never';
  switch (stage) {
    case 'connecting':
      return 'down';
    case 'connected':
      return 'later';
    case 'sending':
      return 'unknown';
  }
}
