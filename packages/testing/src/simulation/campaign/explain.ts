import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../plan/plan.ts';
import { type Outcome, simulate } from '../simulate.ts';
import { shrink } from './shrink.ts';

/** The command that replays a seed. */
export function replayCommand(seed: number): string {
  return `./waybill test simulation --seed ${seed}`;
}

/**
 * Says what went wrong in a world: the broken promise, the least plan that still breaks it, and where all that happened
 * in it is written down.
 *
 * @param directory for the trace.
 */
export async function explain(plan: Plan, directory: string): Promise<string> {
  const least = await shrink(plan, (candidate) => simulate(candidate));
  const trace: string[] = [];
  const outcome = await simulate(least, (line) => trace.push(line));
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `seed-${plan.seed}.txt`);
  writeFileSync(file, [JSON.stringify(least, undefined, 2), ...trace, ...violationsOf(outcome)].join('\n'));
  return [
    ...(outcome.violations.length === 0
      ? [`Seed ${plan.seed} breaks no promise.`]
      : [
          `Seed ${plan.seed} breaks a promise. Replay it with: ${replayCommand(plan.seed)}`,
          ...violationsOf(outcome),
          `The least world in which it does: ${sizeOf(least)}.`,
          JSON.stringify(least),
        ]),
    `All that happens in it: ${file}`,
  ].join('\n');
}

export function violationsOf({ violations }: Outcome): readonly string[] {
  return violations.map(({ invariant, what }) => `  ${invariant}: ${what}`);
}

function sizeOf({ processes, consumers, changes, faults, failures }: Plan): string {
  return `${processes.length} processes, ${consumers.length} consumers, ${changes.length} transactions, ${faults.length} faults, ${failures.length} failing handlers`;
}
