/** What `waybill test` can be asked to run. */
export const groups = ['static', 'unit', 'simulation', 'integration', 'e2e', 'console'] as const;
export type Group = (typeof groups)[number];

/** A command that passes or fails as a whole; not part of the count of tests. */
export interface Check {
  readonly kind: 'check';
  readonly group: 'static';
  readonly title: string;
  readonly command: readonly [string, ...string[]];
}

/** A Turborepo task that runs the tests of each workspace that has it, and leaves a report in each. */
export interface Suite {
  readonly kind: 'suite';
  readonly group: 'unit' | 'simulation' | 'integration' | 'e2e' | 'console';
  readonly title: string;
  /** The task's name in `turbo.json`. */
  readonly task: string;
  /** Workspaces tested at the same time. */
  readonly concurrency: number;
  /** Whether its tests are handed a running environment; otherwise they need none, or start their own. */
  readonly environment: 'shared' | 'none';
  /** A file, relative to each workspace, into which its tests write lines for whoever waits for them. */
  readonly story?: string;
}

export type Part = Check | Suite;

/** All parts in the order in which they run: what is quick and fails often comes first. */
export const parts: readonly Part[] = [
  check('format', 'prettier', '--check', '--log-level', 'warn', '.'),
  check('lint', 'oxlint', '--type-aware', '--deny-warnings'),
  check('types', 'turbo', 'run', 'typecheck', '--output-logs=errors-only', '--continue'),
  check('unused code', 'knip', '--no-progress'),
  check('contracts drift', process.execPath, 'packages/cli/src/main.ts', 'contracts', 'check'),
  { kind: 'suite', group: 'unit', title: 'unit', task: 'test', concurrency: 2, environment: 'none' },
  {
    kind: 'suite',
    group: 'simulation',
    title: 'simulation',
    task: 'test:simulation',
    concurrency: 1,
    environment: 'none',
    story: '.waybill/results/simulation.txt',
  },
  {
    kind: 'suite',
    group: 'integration',
    title: 'integration',
    task: 'test:integration',
    concurrency: 3,
    environment: 'shared',
  },
  { kind: 'suite', group: 'e2e', title: 'end-to-end', task: 'test:e2e', concurrency: 2, environment: 'none' },
  { kind: 'suite', group: 'console', title: 'console', task: 'test:console', concurrency: 1, environment: 'none' },
];

function check(title: string, ...command: [string, ...string[]]): Check {
  return { kind: 'check', group: 'static', title, command };
}

/** Run when it is asked for by its name: it needs a browser, which not every machine has or may install. */
const onlyWhenNamed: Group = 'console';

/** The parts of the groups asked for; when none is, all but the one that needs a browser. */
export function selectParts(asked: readonly Group[]): readonly Part[] {
  return parts.filter(({ group }) => (asked.length === 0 ? group !== onlyWhenNamed : asked.includes(group)));
}
