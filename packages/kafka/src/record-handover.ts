import type { LogRecord } from '@waybill/messaging';

/** Passes records from the client, which calls, to the reader, which pulls. */
export class RecordHandover {
  #offered: { records: readonly LogRecord[]; taken: () => void }[] = [];
  #failure: Error | undefined;
  #isOver = false;
  #wake: () => void = () => undefined;

  async put(records: readonly LogRecord[]): Promise<void> {
    if (this.#isOver) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#offered.push({ records, taken: resolve });
    this.#wake();
    await promise;
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.end();
  }

  async *records(patienceMs: number): AsyncGenerator<LogRecord, void, undefined> {
    let current: { readonly records: readonly LogRecord[]; readonly taken: () => void } | undefined;
    try {
      for (;;) {
        current?.taken();
        current = this.#offered.shift();
        if (current !== undefined) {
          yield* current.records;
        } else if (this.#isOver) {
          if (this.#failure !== undefined) throw this.#failure;
          return;
        } else if (!(await this.#somethingHappens(patienceMs))) {
          throw new Error(`no record came for ${patienceMs} ms`);
        }
      }
    } finally {
      this.#isOver = true;
      current?.taken();
      for (const { taken } of this.#offered.splice(0)) taken();
    }
  }

  async #somethingHappens(patienceMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#wake = () => resolve(true);
    const timer = setTimeout(() => resolve(false), patienceMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}
