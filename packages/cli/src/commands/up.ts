import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { startEnvironment } from '@waybill/infra';
import { showProgress } from '../terminal/environment-progress.ts';
import { screenOn, type Screen } from '../terminal/screen.ts';
import { explain } from '../terminal/explain.ts';
import { forgetFleet } from '../up/fleet-state.ts';
import { runMainJob, type MainJobResult } from '../up/main-job.ts';
import { choosePorts } from '../up/ports.ts';
import { readPurchases } from '../up/purchases.ts';
import { jsonSummary, summaryLines } from '../up/summary.ts';
import { ProgramError, Supervisor } from '../up/supervisor.ts';
import { rootDirectory, stateDirectory } from '../workspace.ts';

interface UpOptions {
  readonly orders: number;
  readonly data: string;
  readonly once?: true;
  readonly calm?: true;
  readonly instances: number;
  readonly kills: number;
  readonly mishap?: true;
  readonly seed?: number;
  readonly json?: true;
  readonly jaeger?: true;
}

export function upCommand(): Command {
  return new Command('up')
    .description(
      'Start everything, place real purchases as orders, and have an independent checker judge what came of it.',
    )
    .option('--orders <n>', 'how many purchases to place', wholeNumber, 1000)
    .option(
      '--data <file>',
      'CSV with date, customer_id, quantity, amount_usd',
      join(rootDirectory, 'examples/data/cdnow-purchases.csv'),
    )
    .option('--once', 'stop everything after the report')
    .option('--calm', 'kill nothing, delay nothing')
    .option('--instances <n>', 'how many of each service, each with a relay inside', wholeNumber, 1)
    .option('--kills <n>', 'kill so many services (SIGKILL) at random moments, and start them again', wholeNumber, 0)
    .option('--mishap', 'have things go wrong that only a person puts right: the run ends when they are')
    .option('--seed <n>', 'what the faults and kills follow from; from the clock when left out', wholeNumber)
    .option('--json', 'the report as one JSON object on the last line')
    .option('--jaeger', 'build Jaeger once when this machine has none (needs Go)')
    .action(async (options: UpOptions) => {
      process.exitCode = await up(options);
    });
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/u.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 9999999.');
  return Number(text);
}

/** Runs the main job and answers the exit status: 0 only when the verdict is `valid`. */
async function up(options: UpOptions): Promise<number> {
  // With --json standard output is for the report alone.
  if (options.calm === true && options.kills > 0)
    throw new InvalidArgumentError('--calm kills nothing. Leave out --calm, or --kills.');
  const screen = screenOn(options.json === true ? process.stderr : process.stdout);
  const purchases = await readPurchases(resolve(options.data), options.orders);
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new Error('interrupted'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);

  const stateDir = stateDirectory('up');
  screen.heading('== environment');
  const environment = await startEnvironment({
    purpose: 'up',
    stateDir,
    progress: showProgress(screen),
    ...(options.jaeger === undefined ? {} : { jaeger: options.jaeger }),
  });
  if (environment.reused && environment.mode !== 'given') {
    screen.line(
      'It runs already, in another terminal. ./waybill status tells what runs where; ./waybill down stops it.',
    );
    return 1;
  }
  const supervisor = new Supervisor({
    logDirectory: `${stateDir}/logs`,
    onEnded: ({ name }, { code, signal }) => screen.line(`   ${name} ended (${signal ?? `status ${code}`})`),
    onGivenUp: (error) => interrupt.abort(error),
  });
  try {
    const ports = await choosePorts(options.instances);
    const result = await runMainJob({
      environment,
      stateDir,
      purchases,
      faults: options.calm === true ? 'none' : 'provoked',
      kills: options.kills,
      mishap: options.mishap === true ? 'yes' : 'no',
      seed: options.seed ?? (Date.now() % 1_000_000) + 1,
      ports,
      supervisor,
      screen,
      signal: interrupt.signal,
    });
    for (const line of summaryLines(result.report)) screen.line(`   ${line}`);
    if (options.json === true) process.stdout.write(`${JSON.stringify(jsonSummary(result.report))}\n`);
    if (options.once !== true) await stay(screen, result, environment.jaegerUrl, interrupt.signal);
    return result.report.verdict === 'valid' ? 0 : 1;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    screen.bad(explain(interrupt.signal.reason));
    return interrupt.signal.reason instanceof ProgramError ? 1 : 130;
  } finally {
    screen.faint('Stopping.');
    await supervisor.stop();
    forgetFleet(stateDir);
    await environment.stop();
  }
}

/** Stays in the foreground until it is interrupted. */
async function stay(
  screen: Screen,
  { programs }: MainJobResult,
  jaegerUrl: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const url = (name: string) => programs.find((program) => program.name === name)?.url ?? '';
  const order = await newestOrder(url('orders'));
  const things = [
    [`curl ${url('orders')}/orders/${order}`, 'an order, with what the others did for it'],
    [`./waybill trace ${order}`, 'its journey through all services, and where its time went'],
    [`curl '${url('mail-sink')}/mails?limit=3'`, 'the newest mails'],
    [url('console'), 'the operator console: who you are is yours to choose here'],
  ] as const;
  screen.heading('\nEverything stays up until Ctrl-C. Four things to try:');
  for (const [command, purpose] of things) {
    screen.line(`   ${command}`);
    screen.faint(`      ${purpose}`);
  }
  if (jaegerUrl !== undefined) screen.line(`Jaeger: ${jaegerUrl}/search?service=orders&lookback=1h&limit=20`);
  if (!signal.aborted)
    await new Promise<void>((settle) => signal.addEventListener('abort', () => settle(), { once: true }));
}

/** The id of an order that is there. */
async function newestOrder(ordersUrl: string): Promise<string> {
  try {
    const response = await fetch(`${ordersUrl}/orders?limit=1`, { signal: AbortSignal.timeout(2_000) });
    const { orders } = (await response.json()) as { orders: readonly { orderId: string }[] };
    return orders[0]?.orderId ?? '<order id>';
  } catch {
    return '<order id>';
  }
}
