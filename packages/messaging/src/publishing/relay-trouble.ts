import type { Logger } from '../logger.ts';
import type { Clock } from '../clock.ts';
import type { RelayStatus } from './relay-status.ts';

/** What stands in the way, logged once when it begins, once when it changes, and once when it ends. */
export class RelayTrouble {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #now = new Map<string, NonNullable<RelayStatus['trouble']>>();

  constructor(log: Logger, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  get current(): RelayStatus['trouble'] {
    return this.#now.values().next().value;
  }

  begin(where: 'database' | 'broker', error: { readonly code: string; readonly message: string }): void {
    const before = this.#now.get(where);
    if (before?.code === error.code) return;
    this.#now.set(where, { ...error, since: before?.since ?? new Date(this.#clock.now()) });
    this.#log.warn({ where, code: error.code, problem: error.message }, `the relay waits for the ${where}`);
  }

  end(where: 'database' | 'broker'): void {
    const before = this.#now.get(where);
    if (!before) return;
    this.#now.delete(where);
    this.#log.info(
      { where, code: before.code, sinceMs: this.#clock.now() - before.since.getTime() },
      `the relay has the ${where} again`,
    );
  }
}

/** An error as trouble: its code and message. */
export function describe(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: 'unknown', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { code, message: error.message === '' ? code : error.message };
}
