import { setTimeout as delay } from 'node:timers/promises';
import { EnvironmentError } from '../environment/error.ts';

/**
 * Asks until the answer is true. A check that throws counts as false, and its message is told at the end.
 * @throws EnvironmentError `environment.not-ready` after the deadline, or at once when `givenUp` says why.
 */
export async function becomesReady(options: {
  readonly what: string;
  readonly deadlineMs: number;
  readonly check: () => Promise<boolean>;
  /** A reason to wait no longer, such as the end of the process. */
  readonly givenUp?: () => string | undefined;
  readonly everyMs?: number;
}): Promise<void> {
  const deadline = performance.now() + options.deadlineMs;
  let seen = 'no answer';
  for (;;) {
    const reason = options.givenUp?.();
    if (reason !== undefined)
      throw new EnvironmentError('environment.not-ready', `${options.what} did not start: ${reason}`);
    try {
      if (await options.check()) return;
    } catch (error) {
      seen = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() > deadline) {
      throw new EnvironmentError(
        'environment.not-ready',
        `${options.what} was not ready within ${options.deadlineMs / 1000} s (last seen: ${seen}). Look into its log, or stop what else loads this machine and try again.`,
      );
    }
    await delay(options.everyMs ?? 50);
  }
}

/** Whether an HTTP address answers with a 2xx status, within two seconds. */
export async function answersHttp(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await response.body?.cancel();
  return response.ok;
}
