import type { Logger } from '@waybill/messaging';

/** Repeated work of a service. */
export interface BackgroundTask {
  readonly name: string;
  /** Milliseconds from the end of one run to the start of the next, give or take a tenth. */
  readonly intervalMs: number;
  /** Milliseconds after which it is tried again at the latest when it keeps failing; a minute when left out. */
  readonly longestBackoffMs?: number;
  /** One run; ends soon when `signal` aborts. Several processes may run it at once: take rows with SKIP LOCKED. */
  run(signal: AbortSignal): Promise<void>;
}

export interface RunningTask {
  /** Aborts the run under way and waits for its end. */
  stop(): Promise<void>;
}

/** For a task that does not say it. */
const usualBackoffMs = 60_000;

/** The wait before the next run: the interval after a success, doubling after each failure in a row, with jitter. */
export function nextDelayMs(
  { intervalMs, longestBackoffMs = usualBackoffMs }: Pick<BackgroundTask, 'intervalMs' | 'longestBackoffMs'>,
  failures: number,
  random: number,
): number {
  const base = Math.min(intervalMs * 2 ** failures, Math.max(intervalMs, longestBackoffMs));
  return Math.round(base * (0.9 + 0.2 * random));
}

/** Runs a task over and over, one run at a time; a failure is logged and backed off from, and never ends the loop. */
export function startTask(task: BackgroundTask, log: Logger, random: () => number = Math.random): RunningTask {
  const stopping = new AbortController();
  const ended = loop(task, log.child({ task: task.name }), stopping.signal, random);
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

async function loop(task: BackgroundTask, log: Logger, signal: AbortSignal, random: () => number): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await task.run(signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      // Of an outage that lasts, the log need not have a line for each try.
      if (Number.isInteger(Math.log2(failures))) {
        log.error({ err: error, failures }, 'background task failed; it will be tried again');
      }
    }
    await pause(nextDelayMs(task, failures, random()), signal);
  }
}

/** Resolves after `ms`, or at once when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
