import { join } from 'node:path';
import { type MeasureName, measureNames } from '@waybill/bench/names';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { showProgress } from '../terminal/environment-progress.ts';
import { screenOn } from '../terminal/screen.ts';
import { rootDirectory, stateDirectory } from '../workspace.ts';

interface BenchFlags {
  readonly against?: readonly string[];
  readonly rounds?: number;
  readonly minutes?: number;
  readonly quick?: boolean;
  readonly json?: boolean;
}

export function benchCommand(): Command {
  return new Command('bench')
    .description('Measure Waybill, its rivals and the references side by side, and write docs/performance.md.')
    .addArgument(new Argument('[measures...]', 'what to measure; all when left out').choices(measureNames))
    .option('--against <names>', 'only these contestants beside Waybill, with commas between them', names)
    .option('--rounds <n>', 'rounds of each contestant', positive)
    .option('--minutes <n>', 'minutes at full load over which growth watches memory; 3 when left out', positive)
    .option('--quick', 'few events and one round, for trying; docs/performance.md is left alone')
    .option('--json', 'one JSON object on the last line')
    .action(bench);
}

async function bench(measures: MeasureName[], flags: BenchFlags): Promise<void> {
  // With --json the standard output's last line is for programs; what people read goes beside it.
  const screen = screenOn(flags.json ? process.stderr : process.stdout);
  // Loaded here alone: it brings clients of databases and brokers along.
  const { runBench, toJson } = await import('@waybill/bench');
  const partial = flags.quick === true || flags.against !== undefined;
  const outcome = await runBench({
    measures,
    against: flags.against,
    rounds: flags.rounds,
    minutes: flags.minutes,
    size: flags.quick === true ? 'quick' : 'full',
    stateDir: stateDirectory('bench'),
    docs: partial ? undefined : join(rootDirectory, 'docs'),
    command: ['./waybill bench', ...measures].join(' '),
    progress: showProgress(screen),
    note: (text) => screen.line(text),
  });
  screen.line();
  for (const { name, goal, measured, met } of outcome.targets) {
    const text = `${met ? 'met    ' : 'not met'}  ${name}: ${goal}; ${measured}`;
    if (met) screen.good(text);
    else screen.bad(text);
  }
  if (flags.json) process.stdout.write(`${toJson(outcome)}\n`);
}

function names(text: string): readonly string[] {
  return text.split(',').filter((name) => name !== '');
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Give a whole number from 1 on.');
  return value;
}
