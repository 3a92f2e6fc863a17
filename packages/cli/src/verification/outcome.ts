import { addCounts, nothingCounted, type TestCount } from './count.ts';
import type { Part } from './parts.ts';

/** How one part ended. `problem` says in one line why it failed. */
export interface PartOutcome {
  readonly part: Part;
  readonly count: TestCount;
  readonly problem: string | undefined;
}

/** The reason for which a suite failed, or undefined when it passed. A suite in which no test ran has failed. */
export function suiteProblem(exitCode: number, count: TestCount): string | undefined {
  if (count.failed > 0) return `${count.failed} failed`;
  if (exitCode !== 0) return `ended with status ${exitCode} though no test is reported as failed; see the output above`;
  if (count.passed === 0) return 'no test ran, where some should have';
  return undefined;
}

export function totalCount(outcomes: readonly PartOutcome[]): TestCount {
  return outcomes.map(({ count }) => count).reduce(addCounts, nothingCounted);
}
