import { choosePort, portCandidates } from './ports.ts';

/** Hands out ports for one environment: each component keeps its own from start to start where it can. */
export class PortBook {
  readonly #last: Readonly<Record<string, number>>;
  readonly #chosen = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(last: Readonly<Record<string, number>>) {
    this.#last = last;
  }

  /** A free port of the loopback address, the default one if that can be; never one that was handed out before. */
  async choose(name: string, preferred: number): Promise<number> {
    // One at a time, or two components would be told the same free port.
    const choice = this.#turn.then(async () => {
      const taken = new Set(this.#chosen.values());
      const candidates = portCandidates(preferred, this.#last[name]);
      const port = await choosePort(candidates.filter((candidate) => !taken.has(candidate)));
      this.#chosen.set(name, port);
      return port;
    });
    this.#turn = choice.catch(() => undefined);
    return choice;
  }

  /** All that were handed out, by name. */
  chosen(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#chosen);
  }
}
