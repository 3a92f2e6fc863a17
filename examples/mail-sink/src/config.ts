export interface SinkConfig {
  /** Loopback alone unless told: what arrives here is personal data, and anyone may read it. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly smtpPort: number;
  readonly httpPort: number;
  /** Mails kept; the oldest is dropped first. */
  readonly mailsKept: number;
}

/** The settings from the environment. @throws {Error} naming the variable that is wrong. */
export function readConfig(): SinkConfig {
  return {
    host: process.env['HTTP_HOST'] ?? '127.0.0.1',
    smtpPort: wholeNumber('SMTP_PORT', 2525, 65_535),
    httpPort: wholeNumber('HTTP_PORT', 4091, 65_535),
    mailsKept: wholeNumber('MAILS_KEPT', 10_000, 1_000_000),
  };
}

function wholeNumber(name: string, otherwise: number, max: number): number {
  const text = process.env[name] ?? String(otherwise);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > max) throw new Error(`${name} must be a whole number from 0 to ${max}.`);
  return value;
}
