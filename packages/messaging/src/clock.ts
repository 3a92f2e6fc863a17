import { setTimeout as sleep } from 'node:timers/promises';

/** Time and chance. Everything that waits, or asks what time it is, does so through one; tests hold it still. */
export interface Clock {
  /** Milliseconds that never go back; only differences mean anything. */
  monotonic(): number;
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Resolves after `ms`, or at once when the signal aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `act` once, after `ms`, unless the answer is called before: for limits that are hardly ever reached. */
  after(ms: number, act: () => void): () => void;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};
