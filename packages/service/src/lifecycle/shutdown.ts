import type { Logger } from '@waybill/messaging';

/** One step of stopping, in words that the log shows: `consumers`. */
export interface StopStep {
  readonly name: string;
  /** Milliseconds after which the next step begins without it; the whole deadline when left out. */
  readonly withinMs?: number;
  stop(): Promise<void>;
}

export interface StopOutcome {
  readonly outcome: 'stopped' | 'cut';
  /** The steps that did not finish, or failed. */
  readonly left: readonly string[];
}

/**
 * Runs the steps one after the other and stops waiting at the deadline; a step that fails does not keep the later ones
 * from running.
 */
export async function stopInOrder(steps: readonly StopStep[], deadlineMs: number, log: Logger): Promise<StopOutcome> {
  const left = new Set(steps.map(({ name }) => name));
  const { promise: deadline, resolve: cut } = Promise.withResolvers<void>();
  const timer = setTimeout(cut, deadlineMs);
  let late = false;
  void deadline.then(() => {
    late = true;
  });
  const all = (async () => {
    for (const step of steps) {
      if (late) return;
      try {
        if (await inTime(step.stop(), step.withinMs)) left.delete(step.name);
      } catch (error) {
        log.error({ err: error, step: step.name }, 'a step of stopping failed');
      }
    }
  })();
  await Promise.race([all, deadline]);
  clearTimeout(timer);
  return { outcome: left.size === 0 ? 'stopped' : 'cut', left: [...left] };
}

/** Whether the work ended before its time was up. */
async function inTime(work: Promise<void>, ms: number | undefined): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = ms === undefined ? undefined : setTimeout(() => resolve(false), ms);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
