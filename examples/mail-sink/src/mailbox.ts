export interface KeptMail {
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** RFC 3339, UTC. */
  readonly receivedAt: string;
}

export interface MailCounts {
  /** Mails received, those no longer kept included. */
  readonly received: number;
  readonly kept: number;
  /** Mails whose Message-ID had been seen before. */
  readonly duplicates: number;
}

/** Ids are much smaller than mails, so that many more of them are remembered than mails are kept. */
const idsPerMail = 20;

/** The last mails received, and how many there were in all. */
export class Mailbox {
  readonly #limit: number;
  readonly #mails: KeptMail[] = [];
  readonly #ids = new Set<string>();
  #received = 0;
  #duplicates = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(mail: KeptMail): void {
    this.#received += 1;
    if (this.#ids.has(mail.messageId)) this.#duplicates += 1;
    this.#ids.add(mail.messageId);
    if (this.#ids.size > this.#limit * idsPerMail) this.#forgetOldestId();
    this.#mails.push(mail);
    if (this.#mails.length > this.#limit) this.#mails.shift();
  }

  /** The last `limit` mails, the newest first; those to one address when `to` is given. */
  latest(limit: number, to?: string): readonly KeptMail[] {
    const found: KeptMail[] = [];
    for (let at = this.#mails.length - 1; at >= 0 && found.length < limit; at -= 1) {
      const mail = this.#mails[at];
      if (mail !== undefined && (to === undefined || mail.to.includes(to))) found.push(mail);
    }
    return found;
  }

  counts(): MailCounts {
    return { received: this.#received, kept: this.#mails.length, duplicates: this.#duplicates };
  }

  #forgetOldestId(): void {
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }
}
