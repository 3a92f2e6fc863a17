import { Argument, Command, InvalidArgumentError } from 'commander';
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
    .description(
      'Run all checks and tests but those in a browser, or the parts named; the last line is the count of tests.',
    )
    .addArgument(new Argument('[parts...]', 'which parts to run').choices(groups))
    .option('--seeds <count>', 'how many worlds the simulation runs', wholeNumber)
    .option('--seed <seed>', 'the one world that the simulation runs, to replay it', wholeNumber)
    .action(async (asked: Group[], options: SimulationOptions) => {
      process.exitCode = await runTests(asked, options);
    });
}

interface SimulationOptions {
  readonly seeds?: string;
  readonly seed?: string;
}

function wholeNumber(text: string): string {
  if (/^[1-9]\d{0,14}$/.test(text)) return text;
  throw new InvalidArgumentError('Give a whole number from 1.');
}

/** Runs the parts one after the other and answers the exit status: 0 only when none failed. */
async function runTests(asked: readonly Group[], { seeds, seed }: SimulationOptions): Promise<number> {
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
    variables: {
      ...(seeds === undefined ? {} : { WAYBILL_SIMULATION_SEEDS: seeds }),
      ...(seed === undefined ? {} : { WAYBILL_SIMULATION_SEED: seed }),
    },
    releaseEnvironment: async () => {
      await environment?.stop();
      environment = undefined;
    },
  };

  const outcomes: PartOutcome[] = [];
  try {
    const isReplay = asked.length === 0 && (seeds ?? seed) !== undefined;
    for (const part of selectParts(isReplay ? ['simulation'] : asked)) {
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
