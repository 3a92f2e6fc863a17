import { parentPort, workerData } from 'node:worker_threads';
import { loadMutant } from '../../mutants/load-mutant.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import type { Outcome } from '../simulate.ts';

/** Seeds to be run, `to` not included. */
export interface Assignment {
  readonly from: number;
  readonly to: number;
  readonly until: 'first failure' | 'end';
}

export type Report = { readonly kind: 'ready' } | { readonly kind: 'outcome'; readonly outcome: Outcome };

const mutant = workerData as Mutant | undefined;
const wasLoaded = mutant && loadMutant(mutant);
// Loaded only now, so that the mutant is in it.
const { simulate } = await import('../simulate.ts');
const { makePlan } = await import('../plan/make-plan.ts');
if (wasLoaded?.() === false) throw new Error(`the simulation does not load ${mutant?.file}`);

const unhandled: string[] = [];
process.on('unhandledRejection', (error) => {
  unhandled.push(error instanceof Error ? error.message : 'no error');
});

function report(message: Report): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(message);
}

async function outcomeOf(seed: number): Promise<Outcome> {
  const outcome = await simulate(makePlan(seed));
  const [first] = unhandled.splice(0);
  if (first === undefined) return outcome;
  const what = `a rejection was left unhandled: ${first}`;
  return { ...outcome, violations: [...outcome.violations, { invariant: 'rest', what }] };
}

parentPort?.on('message', ({ from, to, until }: Assignment) => {
  void (async () => {
    for (let seed = from; seed < to; seed += 1) {
      const outcome = await outcomeOf(seed);
      report({ kind: 'outcome', outcome });
      if (until === 'first failure' && outcome.violations.length > 0) break;
    }
    report({ kind: 'ready' });
  })();
});
report({ kind: 'ready' });
