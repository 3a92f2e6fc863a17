import type { Screen } from '../terminal/screen.ts';
import { workspaces, type Workspace } from '../workspace.ts';
import { addCounts, nothingCounted, plainCount, type TestCount } from './count.ts';
import { suiteProblem, type PartOutcome } from './outcome.ts';
import type { Check, Part, Suite } from './parts.ts';
import { readCount, readStory, removeReports, reportFile } from './reports.ts';
import { runCommand } from './run-command.ts';

export interface RunContext {
  readonly screen: Screen;
  readonly signal: AbortSignal;
  /** Variables that hand the shared environment to the tests of a suite that wants it; started when first asked for. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
  /** Variables for the tests of every suite: what was asked for on the command line. */
  readonly variables: Readonly<Record<string, string>>;
  /** Called before a suite that starts what it needs by itself. */
  readonly releaseEnvironment: () => Promise<void>;
}

/** Longer than any part takes; one that takes it hangs. */
const limitMs = 30 * 60_000;

/** Runs one part and says how it went. Never throws for the sake of what it runs. */
export async function runPart(part: Part, context: RunContext): Promise<PartOutcome> {
  const { screen } = context;
  screen.heading(`\n== ${part.title}`);
  const started = performance.now();
  const outcome = part.kind === 'check' ? await runCheck(part, context) : await runSuite(part, context);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const count = part.kind === 'suite' ? `${plainCount(outcome.count)}; ` : '';
  if (outcome.problem === undefined) screen.good(`   ${part.title}: ${count}ok, ${seconds} s`);
  else screen.bad(`   ${part.title}: ${count}failed (${outcome.problem}), ${seconds} s`);
  return outcome;
}

async function runCheck(part: Check, context: RunContext): Promise<PartOutcome> {
  const { exitCode, output, problem } = await runWithin(part.command, {}, context);
  if (exitCode !== 0) context.screen.line(output.trimEnd());
  return { part, count: nothingCounted, problem: problem ?? (exitCode === 0 ? undefined : `status ${exitCode}`) };
}

async function runSuite(part: Suite, context: RunContext): Promise<PartOutcome> {
  const tested = workspaces().filter(({ scripts }) => part.task in scripts);
  removeReports(part, tested);
  if (part.environment === 'none') await context.releaseEnvironment();
  const env = { ...context.variables, ...(part.environment === 'shared' ? await context.environment() : {}) };
  const tell = storyteller(part, tested, context.screen);
  const announceCounts = announcer(part, tested, context.screen);
  const announce = (): void => {
    tell();
    announceCounts();
  };
  const watching = setInterval(announce, 500);
  const { exitCode, output, problem: overdue } = await runWithin(turboCommand(part), env, context);
  clearInterval(watching);
  announce();
  const count = tested
    .map((workspace) => readCount(part, workspace) ?? nothingCounted)
    .reduce(addCounts, nothingCounted);
  const problem = overdue ?? suiteProblem(exitCode, count);
  if (problem !== undefined) context.screen.line(output.trimEnd());
  return { part, count, problem };
}

/** Runs a command, and ends one that hangs. */
async function runWithin(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  context: RunContext,
) {
  const overdue = AbortSignal.timeout(limitMs);
  const result = await runCommand(command, { env, signal: AbortSignal.any([context.signal, overdue]) });
  return { ...result, problem: overdue.aborted ? `it hung for ${limitMs / 60_000} minutes and was ended` : undefined };
}

function turboCommand(part: Suite): readonly [string, ...string[]] {
  return [
    ...(['turbo', 'run', part.task, '--continue', '--output-logs=errors-only'] as const),
    `--concurrency=${part.concurrency}`,
    ...['--', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile(part)}`],
  ];
}

/** Prints what the tests of a suite tell while they run. */
function storyteller(part: Suite, tested: readonly Workspace[], screen: Screen): () => void {
  const { story } = part;
  if (story === undefined) return () => undefined;
  const told = new Map<string, number>();
  return () => {
    for (const { directory } of tested) {
      const lines = readStory(directory, story);
      for (const line of lines.slice(told.get(directory) ?? 0)) screen.line(`   ${line}`);
      told.set(directory, lines.length);
    }
  };
}

/** Prints a line for each workspace once its report is there. */
function announcer(part: Suite, tested: readonly Workspace[], screen: Screen): () => void {
  const announced = new Set<string>();
  return () => {
    for (const workspace of tested) {
      const count = announced.has(workspace.name) ? undefined : readCount(part, workspace);
      if (count === undefined) continue;
      announced.add(workspace.name);
      if (!isEmpty(count)) screen.line(`   ${workspace.name}: ${plainCount(count)}`);
    }
    screen.transient(`   ${announced.size} of ${tested.length} workspaces`);
  };
}

function isEmpty(count: TestCount): boolean {
  return count.passed + count.failed + count.skipped === 0;
}
