import type { Buffer } from 'node:buffer';
import type pg from 'pg';

type Value = number | bigint | readonly (number | bigint)[];

/**
 * A COPY to this process, as pg's own way to run what it has no class for (`Submittable`). COPY takes no parameters, so
 * numbers are written into the statement in place of `$1`, `$2` ….
 */
class CopyQuery implements pg.Submittable {
  callback: (error: Error | undefined | null) => void;
  readonly #text: string;
  readonly #onData: (message: Buffer) => void;
  #failure: Error | undefined;
  #isReported = false;

  constructor(text: string, onData: (message: Buffer) => void, callback: CopyQuery['callback']) {
    this.#text = text;
    this.#onData = onData;
    this.callback = callback;
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#text);
  }

  handleCopyData(message: { readonly chunk: Buffer }): void {
    if (this.#failure) return;
    try {
      this.#onData(message.chunk);
    } catch (error) {
      // Thrown from here it would end the process; the server goes on sending until it is ready.
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  handleCommandComplete(): void {
    // It is over when the server is ready for the next.
  }

  handleError(error: Error): void {
    this.#isReported = true;
    this.callback(error);
  }

  handleReadyForQuery(): void {
    if (!this.#isReported) this.callback(this.#failure ?? null);
  }
}

/** Runs `COPY (select) TO STDOUT (FORMAT binary)`, and hands on each message as it comes; its memory is used again. */
export function copyOut(
  client: pg.Client,
  select: string,
  values: readonly Value[],
  onData: (message: Buffer) => void,
): Promise<void> {
  const text = `COPY (${withValues(select, values)}) TO STDOUT (FORMAT binary)`;
  return new Promise((resolve, reject) => {
    client.query(new CopyQuery(text, onData, (error) => (error ? reject(error) : resolve())));
  });
}

/** Nothing but digits comes out of a number, so that there is nothing to escape. */
export function withValues(select: string, values: readonly Value[]): string {
  return select.replaceAll(/\$(\d+)/g, (parameter, number: string) => {
    const value = values[Number(number) - 1];
    if (value === undefined) throw new RangeError(`${parameter} has no value`);
    return Array.isArray(value) ? `'{${value.join(',')}}'` : `'${String(value)}'`;
  });
}
