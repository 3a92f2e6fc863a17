import type { Stages } from './stages.ts';

export interface WaitOptions {
  readonly read: () => Promise<Stages>;
  /** Orders placed in this run. */
  readonly orders: () => number;
  readonly onProgress: (stages: Stages) => void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Milliseconds without any change after which waiting ends; Infinity while a person is at work. */
  readonly stuckAfterMs: number;
  /** Whether what waits for a person is waited for too. */
  readonly dead: 'left' | 'waited-for';
  /** Called once when only a person can bring things on, with how much waits for one. */
  readonly onPersonNeeded?: (dead: number) => void;
  /** Milliseconds without any change, with everything ended, that count as rest. */
  readonly restMs: number;
}

/** Time, so that tests can hold it. */
export interface Clock {
  /** Milliseconds that only rise. */
  now(): number;
  /** Rejects when the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** Whether everything came to rest, or nothing moved any more though something should. */
export type WaitOutcome = 'at-rest' | 'stuck';

/** Waits until each order has ended and nothing happens any more, or until nothing has changed for too long. */
export async function untilEnded(options: WaitOptions): Promise<WaitOutcome> {
  let last = '';
  let changedAt = options.clock.now();
  let said = false;
  for (;;) {
    options.signal.throwIfAborted();
    const stages = await options.read().catch(() => undefined);
    const seen = JSON.stringify(stages ?? last);
    if (stages !== undefined && seen !== last) {
      last = seen;
      changedAt = options.clock.now();
      options.onProgress(stages);
    }
    const quietMs = options.clock.now() - changedAt;
    const ended = stages !== undefined && hasEnded(stages, options.orders());
    if (ended && (options.dead === 'left' || stages.dead === 0) && quietMs >= options.restMs) return 'at-rest';
    if (stages !== undefined && stages.dead > 0 && stages.waiting === 0 && quietMs >= options.restMs && !said) {
      said = true;
      options.onPersonNeeded?.(stages.dead);
    }
    if (quietMs >= options.stuckAfterMs) return 'stuck';
    await options.clock.pause(250, options.signal);
  }
}

function hasEnded({ fulfilled, cancelled, waiting }: Stages, orders: number): boolean {
  return fulfilled + cancelled >= orders && waiting === 0;
}
