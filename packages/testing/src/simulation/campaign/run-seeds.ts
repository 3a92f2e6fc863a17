import { Worker } from 'node:worker_threads';
import type { Mutant } from '../../mutants/mutant.ts';
import type { Outcome } from '../simulate.ts';
import type { Assignment, Report } from './worker.ts';

export interface SeedsOptions {
  readonly from: number;
  readonly count: number;
  readonly threads: number;
  readonly mutant?: Mutant;
  /** Ends after the first seed that fails; else all are run. */
  readonly until: 'first failure' | 'end';
  readonly onOutcome?: (outcome: Outcome) => void;
}

/** What a run of seeds came to. */
export interface SeedsResult {
  readonly held: number;
  /** In the order of their seeds. */
  readonly failed: readonly Outcome[];
  readonly steps: number;
}

/** Seeds that a thread is handed at a time. */
const HANDFUL = 10;

/**
 * Simulates the worlds of many seeds, on several threads. With a mutant, its mistake is in the code that they run.
 * @throws when a thread ends by itself, or the mutant does not fit.
 */
export async function runSeeds(options: SeedsOptions): Promise<SeedsResult> {
  const end = options.from + options.count;
  let next = options.from;
  let held = 0;
  let steps = 0;
  const failed: Outcome[] = [];
  const isOver = (): boolean => next >= end || (options.until === 'first failure' && failed.length > 0);
  const take = (): Assignment => {
    const from = next;
    next = Math.min(end, next + (options.until === 'first failure' ? Math.ceil(HANDFUL / 2) : HANDFUL));
    return { from, to: next, until: options.until };
  };
  const threads = Array.from({ length: Math.min(options.threads, options.count) }, async () => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: options.mutant });
    try {
      await new Promise<void>((resolve, reject) => {
        const goOn = (): void => {
          if (isOver()) return resolve();
          // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
          worker.postMessage(take());
        };
        worker.on('message', (report: Report) => {
          if (report.kind === 'ready') return goOn();
          steps += report.outcome.steps;
          if (report.outcome.violations.length === 0) held += 1;
          else failed.push(report.outcome);
          options.onOutcome?.(report.outcome);
        });
        worker.once('error', reject);
        worker.once('exit', (code) => reject(new Error(`a thread of the simulation ended with ${code}`)));
      });
    } finally {
      worker.removeAllListeners();
      await worker.terminate();
    }
  });
  await Promise.all(threads);
  return { held, steps, failed: failed.toSorted((a, b) => a.seed - b.seed) };
}
