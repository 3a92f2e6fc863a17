import { Argument, Command } from 'commander';
import { environmentVariables, startEnvironment, type Environment } from '@waybill/infra';
import { showProgress } from '../terminal/environment-progress.ts';
import { screenOn } from '../terminal/screen.ts';
import { plainCount } from '../verification/count.ts';
import { totalCount, type PartOutcome } from '../verification/outcome.ts';
import { groups, selectParts, type Group } from '../verification/parts.ts';
import { runPart, type RunContext } from '../verification/run-parts.ts';
import { stateDirectory } from '../workspace.ts';

export function testCommand(): Command {
  return new Command('test')
    .description('Run all checks and tests, or the parts named; the last line is the count of tests.')
    .addArgument(new Argument('[parts...]', 'which parts to run').choices(groups))
    .action(async (asked: Group[]) => {
      process.exitCode = await runTests(asked);
    });
}

/** Runs the parts one after the other and answers the exit status: 0 only when none failed. */
async function runTests(asked: readonly Group[]): Promise<number> {
  const screen = screenOn(process.stdout);
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);

  let environment: Environment | undefined;
  const context: RunContext = {
    screen,
    signal: interrupt.signal,
    environment: async () => {
      environment ??= await startEnvironment({
        purpose: 'test',
        stateDir: stateDirectory('test'),
        progress: showProgress(screen),
      });
      return environmentVariables(environment);
    },
    releaseEnvironment: async () => {
      await environment?.stop();
      environment = undefined;
    },
  };

  const outcomes: PartOutcome[] = [];
  try {
    for (const part of selectParts(asked)) {
      if (interrupt.signal.aborted) break;
      outcomes.push(await runPart(part, context));
    }
  } finally {
    await context.releaseEnvironment();
  }

  const failed = outcomes.filter(({ problem }) => problem !== undefined);
  screen.line();
  if (interrupt.signal.aborted) screen.bad('Interrupted.');
  for (const { part, problem } of failed) screen.bad(`failed: ${part.title} (${problem})`);
  screen.line(plainCount(totalCount(outcomes)));
  return failed.length > 0 || interrupt.signal.aborted ? 1 : 0;
}
