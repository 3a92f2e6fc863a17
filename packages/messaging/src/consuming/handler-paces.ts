/** Calls in a row with one statement each, after which a handler's next call need not wait for the answer to this one. */
const PROVEN_BY = 20;

/** So many are asked for at most, of a handler that broke its pattern again and again. */
const PROVEN_BY_AT_MOST = 100_000;

interface Record {
  single: number;
  provenBy: number;
}

/**
 * Learns which handlers make one statement for each event. Calls of such a handler may run ahead of each other: the
 * database gets the same statements in the same order as if each call had waited for the one before, and nobody waits for
 * its answers in between. One that then makes a second statement is found out (`StatementTurns`), and has to prove
 * itself for longer.
 */
export class HandlerPaces {
  readonly #records = new WeakMap<object, Record>();

  mayRunAhead(handler: object): boolean {
    const record = this.#records.get(handler);
    return record !== undefined && record.single >= record.provenBy;
  }

  /** A call has made so many statements. */
  note(handler: object, statements: number): void {
    const record = this.#recordOf(handler);
    if (statements === 1) record.single += 1;
    else if (statements > 1) record.single = 0;
  }

  /** A call that ran ahead was found out. */
  foundOut(handler: object): void {
    const record = this.#recordOf(handler);
    record.single = 0;
    record.provenBy = Math.min(PROVEN_BY_AT_MOST, 2 * record.provenBy);
  }

  #recordOf(handler: object): Record {
    let record = this.#records.get(handler);
    if (record === undefined) {
      record = { single: 0, provenBy: PROVEN_BY };
      this.#records.set(handler, record);
    }
    return record;
  }
}
