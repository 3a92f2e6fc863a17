import { join } from 'node:path';
import { Command } from 'commander';
import { screenLogger } from '../terminal/screen-logger.ts';
import { showProgress } from '../terminal/environment-progress.ts';
import { explain } from '../terminal/explain.ts';
import { screenOn } from '../terminal/screen.ts';
import { stateDirectory } from '../workspace.ts';

interface ProveCommandOptions {
  readonly minutes: string;
  readonly seed?: string;
  readonly faults?: string;
  readonly patch?: string;
  readonly json?: true;
}

export function proveCommand(): Command {
  return new Command('prove')
    .description(
      'Run a workload of real processes under faults, and have an independent checker judge what came of it.',
    )
    .option('--minutes <n>', 'for how long load and faults last', '10')
    .option('--seed <word>', 'what the workload and the faults follow from; from the clock when left out')
    .option('--faults <list>', 'which forms of faults; all when left out')
    .option('--patch <name>', 'run with a known mistake in the source, which the checker must find')
    .option('--json', 'the result as one JSON object on the last line')
    .action(async (options: ProveCommandOptions) => {
      process.exitCode = await run(options);
      // A stranger that was cut off while it joined may retry for ever: its client has no end for that.
      setTimeout(() => process.exit(), LEFT_BEHIND_MS).unref();
    });
}

/** For how long what a run left behind may keep the process. */
const LEFT_BEHIND_MS = 3_000;

/** Runs it and answers the exit status: 0 only when the verdict is `valid`. */
async function run(options: ProveCommandOptions): Promise<number> {
  // Loaded here alone: no other command needs it.
  const { faultForms, faultFormsOf, forgetData, jsonSummary, minutesOf, patchOf, prove, seedOf, summaryLines } =
    await import('@waybill/prove');
  const minutes = minutesOf(options.minutes);
  const seed = seedOf(options.seed ?? String((Date.now() % 1_000_000) + 1));
  const patch = options.patch === undefined ? undefined : patchOf(options.patch);
  const forms = options.faults === undefined ? faultForms : faultFormsOf(options.faults);
  const stateDir = join(stateDirectory('prove'), seed);
  // With --json standard output is for the result alone.
  const screen = screenOn(options.json === true ? process.stderr : process.stdout);
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new Error('interrupted'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  screen.heading(`== prove, ${minutes} minutes, seed ${seed}`);
  try {
    const { report, reportFile } = await prove({
      seed,
      minutes,
      forms,
      stateDir,
      patch,
      log: screenLogger(screen),
      onEnvironment: showProgress(screen),
      onProgress: (line) => screen.line(`   ${line}`),
      onStatus: (line) => screen.transient(line),
      signal: interrupt.signal,
    });
    screen.heading('\n== checker');
    for (const line of summaryLines(report)) screen.line(`   ${line}`);
    screen.line(`   report: ${reportFile}`);
    if (options.json === true)
      process.stdout.write(`${JSON.stringify(jsonSummary(report, { seed, minutes, reportFile }))}\n`);
    // What it takes to look into a violation is kept.
    if (report.verdict === 'valid') forgetData(stateDir);
    return report.verdict === 'valid' ? 0 : 1;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    screen.bad(explain(interrupt.signal.reason));
    return 130;
  }
}
