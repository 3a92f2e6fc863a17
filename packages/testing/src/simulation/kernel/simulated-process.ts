import type { Clock } from '@waybill/messaging';
import type { Wire } from '../../memory/wire.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** When the virtual world begins: milliseconds since 1970. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);

/** A call was cut off; what became of it is not known to whoever made it. */
class CutOffError extends Error {
  readonly code = '08006';

  constructor(what: string) {
    super(`${what} was cut off`);
    this.name = 'CutOffError';
  }
}

/**
 * An operating system's process: what runs in it waits only by its clock and its wires. Dead, nothing that it waits for
 * ever comes; frozen, all comes at once when it goes on.
 */
export class SimulatedProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #network: Network;
  readonly #random: Random;
  readonly #onDeath = new Set<() => void>();
  readonly #pending = new Set<{ readonly server: string; readonly cutOff: () => void }>();
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #waiting: (() => void)[] = [];

  constructor(
    name: string,
    parts: {
      readonly scheduler: Scheduler;
      readonly network: Network;
      readonly random: Random;
      /** Milliseconds by which its wall clock is wrong. */
      readonly clockOffsetMs: number;
    },
  ) {
    this.name = name;
    this.#scheduler = parts.scheduler;
    this.#network = parts.network;
    this.#random = parts.random;
    this.clock = this.#makeClock(parts.clockOffsetMs);
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  /** SIGKILL: nothing more happens in it; servers notice some time. */
  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#waiting = [];
    this.#pending.clear();
    for (const atServer of this.#onDeath) {
      this.#scheduler.after(this.#network.noticeDelay(), `${this.name} is missed`, atServer);
    }
    this.#onDeath.clear();
  }

  /** SIGSTOP. */
  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  /** SIGCONT. */
  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const act of waiting)
      this.#scheduler.after(this.#random.between(0, 0.5), `${this.name} goes on`, () => this.#deliver(act));
  }

  /** Cuts off what is under way to a server. */
  cutOff(server: string): void {
    for (const pending of [...this.#pending]) if (pending.server === server) pending.cutOff();
  }

  /** The way to a server. */
  wire(server: string): Wire {
    return {
      call: async (what, atServer) => this.#call(server, what, atServer),
      push: (what, atClient) => {
        this.#scheduler.after(this.#network.delay(), `${this.name} hears ${what}`, () => this.#deliver(atClient));
      },
      gone: (atServer) => {
        this.#scheduler.after(this.#network.noticeDelay(), `${server} misses ${this.name}`, atServer);
      },
      onDeath: (atServer) => {
        this.#onDeath.add(atServer);
        return () => this.#onDeath.delete(atServer);
      },
    };
  }

  #call<T>(server: string, what: string, atServer: () => T | Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#state === 'dead') return promise;
    const label = `${this.name} ${what}`;
    const fate = this.#network.isCut(this.name, server) ? 'request lost' : this.#network.fate();
    let isOpen = true;
    const pending = {
      server,
      cutOff: () => settle(() => reject(new CutOffError(what)), `${label}: cut off`),
    };
    const settle = (act: () => void, how: string): void => {
      if (!isOpen) return;
      isOpen = false;
      this.#pending.delete(pending);
      this.#scheduler.after(this.#network.delay(), how, () => this.#deliver(act));
    };
    this.#pending.add(pending);
    if (fate === 'request lost' || fate === 'late') pending.cutOff();
    if (fate === 'request lost') return promise;
    const way = fate === 'late' ? this.#network.noticeDelay() : this.#network.delay();
    this.#scheduler.after(way, label, () => {
      // What a process sent just before it died may have left it, or not.
      if (this.#state === 'dead' && this.#random.chance(0.5)) return;
      void this.#answer(atServer, fate, settle, { resolve, reject, label });
    });
    return promise;
  }

  async #answer<T>(
    atServer: () => T | Promise<T>,
    fate: string,
    settle: (act: () => void, how: string) => void,
    to: { readonly resolve: (value: T) => void; readonly reject: (error: unknown) => void; readonly label: string },
  ): Promise<void> {
    const lost = (): void => settle(() => to.reject(new CutOffError(to.label)), `${to.label}: answer lost`);
    try {
      const value = await atServer();
      if (fate === 'done') settle(() => to.resolve(value), `${to.label}: done`);
      else lost();
    } catch (error) {
      if (fate === 'done') settle(() => to.reject(error), `${to.label}: failed`);
      else lost();
    }
  }

  #deliver(act: () => void): void {
    if (this.#state === 'running') act();
    else if (this.#state === 'frozen') this.#waiting.push(act);
  }

  #makeClock(offsetMs: number): Clock {
    const after = (ms: number, act: () => void): (() => void) => {
      if (this.#state === 'dead') return () => undefined;
      let isOver = false;
      const cancel = this.#scheduler.after(ms + this.#random.between(0, 0.2), `${this.name} wakes`, () =>
        this.#deliver(() => {
          if (!isOver) act();
          isOver = true;
        }),
      );
      return () => {
        isOver = true;
        cancel();
      };
    };
    return {
      monotonic: () => this.#scheduler.now,
      now: () => EPOCH_MS + offsetMs + this.#scheduler.now,
      random: () => this.#random.next(),
      after,
      sleep: async (ms, signal) => {
        if (signal?.aborted) return;
        await new Promise<void>((resolve) => {
          const done = (): void => {
            cancel();
            signal?.removeEventListener('abort', done);
            resolve();
          };
          const cancel = after(ms, done);
          signal?.addEventListener('abort', done, { once: true });
        });
      },
    };
  }
}
