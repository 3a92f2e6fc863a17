import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  deliveriesSoFar,
  loadEvidence,
  report,
  type Addresses,
  type AcceptedOrder,
  type Report,
} from '@waybill/checker';
import type { Environment } from '@waybill/infra';
import { withDatabase } from '@waybill/infra/programs';
import { topics } from '@waybill/schemas';
import type { Screen } from '../terminal/screen.ts';
import { screenLogger } from '../terminal/screen-logger.ts';
import { buildConsoleClient } from './console-client.ts';
import { faultsOf } from './fault-plan.ts';
import { programs, urlOf, type FleetOptions, type Ports, type Program } from './fleet.ts';
import { makeOperationsSecret, writeFleet } from './fleet-state.ts';
import { causeMishap, oddAnswers } from './mishap.ts';
import { placeOrders } from './place-orders.ts';
import { prepareServices } from './prepare-services.ts';
import type { Purchase } from './purchases.ts';
import { killAtRandom } from './random-kills.ts';
import { stageDisplay } from './stage-display.ts';
import { stageReader } from './stages.ts';
import type { Supervisor } from './supervisor.ts';
import { untilEnded } from './until-ended.ts';

/** Where programs run, and who looks on. */
export interface Stage {
  readonly environment: Environment;
  readonly stateDir: string;
  readonly ports: Ports;
  readonly supervisor: Supervisor;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

export interface RunOptions extends Stage {
  readonly purchases: readonly Purchase[];
  /** Whether the services were started with faults. */
  readonly faults: 'provoked' | 'none';
  /** What is done to the run while it is under way. */
  readonly during: (run: RunUnderWay) => Promise<void>;
  /** Asked when everything has ended: reasons to doubt that the run met what it should have. */
  readonly doubts: () => readonly string[];
  /** Told how much only a person can bring on, in a run that is not over before that is done; undefined in any other. */
  readonly onPersonNeeded?: ((dead: number) => void) | undefined;
}

export interface RunUnderWay {
  /** A number that changes with each effect; undefined once every order has ended. */
  progress(): number | undefined;
}

export interface MainJobOptions extends Stage {
  readonly purchases: readonly Purchase[];
  readonly faults: 'provoked' | 'none';
  /** Services to be killed at random moments of the run. */
  readonly kills: number;
  /** What the faults and the kills follow from. */
  readonly seed: number;
  /** Whether things go wrong that only a person puts right; the run is not over before that is done. */
  readonly mishap: 'yes' | 'no';
}

const concurrency = 8;
/** Programs that stand for the world outside and keep what they know in memory alone, and the one that looks on: they are never killed. */
const bystanders: ReadonlySet<string> = new Set(['payment-provider', 'mail-sink', 'console']);
const stuckAfterMs = 60_000;
/** Longer than any fault holds a record back. */
const restMs = 7000;

export interface MainJobResult {
  readonly report: Report;
  readonly programs: readonly Program[];
}

/** Sets everything up, places the orders, waits until each has ended, and has the checker judge. */
export async function runMainJob(options: MainJobOptions): Promise<MainJobResult> {
  const { purchases, faults, kills, seed, signal, supervisor, mishap, screen } = options;
  const markerFile = join(options.stateDir, 'killed');
  rmSync(markerFile, { force: true });
  const plan = { orders: purchases.length, seed, markerFile };
  const fleet = await startFleet(options, {
    faultsOf: (service) => (faults === 'provoked' ? faultsOf(service, plan) : undefined),
    oddAnswers: mishap === 'yes' ? oddAnswers : 0,
  });
  if (faults === 'provoked') screen.line(`   faults by seed ${seed}`);
  let killed = 0;
  const during = async ({ progress }: RunUnderWay) => {
    if (mishap === 'yes') await causeMishap({ ...options, log: screenLogger(screen) });
    killed = await killAtRandom({
      victims: fleet.filter(({ name }) => !bystanders.has(name)),
      kills,
      seed,
      progress,
      kill: (victim) => supervisor.kill(victim),
      signal,
    });
  };
  const doubts = () => [
    ...(killed < kills ? [`only ${killed} of ${kills} kills hit work in flight`] : []),
    ...(faults === 'provoked' && !existsSync(markerFile) ? ['no service was killed'] : []),
  ];
  const needed = (dead: number) => tellPersonNeeded(screen, dead, options.ports);
  const onPersonNeeded = mishap === 'yes' ? needed : undefined;
  return { report: await runOrders({ ...options, during, doubts, onPersonNeeded }), programs: fleet };
}

/** Makes what the services need, starts them, and waits until all of them can work. */
export async function startFleet(
  { environment, ports, screen, signal, stateDir, supervisor }: Stage,
  conduct: Pick<FleetOptions, 'faultsOf' | 'oddAnswers'>,
): Promise<readonly Program[]> {
  screen.heading('\n== services');
  await Promise.all([prepareServices(environment, screenLogger(screen)), buildConsoleClient(signal)]);
  const fleet = programs({ environment, ports, opsSecret: makeOperationsSecret(stateDir), ...conduct });
  for (const program of fleet) await supervisor.start(program);
  const noteFleet = () =>
    writeFleet(
      stateDir,
      fleet.map((program) => ({ program, pid: supervisor.pid(program) })),
    );
  noteFleet();
  supervisor.onRestarted(noteFleet);
  await Promise.all(fleet.map((program) => supervisor.ready(program, signal)));
  for (const { name, url } of fleet) screen.line(`   ${name.padEnd(16)} ${url}`);
  return fleet;
}

/** Places the orders with services that run already, waits until each has ended, and has the checker judge. */
export async function runOrders(options: RunOptions): Promise<Report> {
  const { environment, screen, purchases, signal } = options;
  screen.heading(`\n== ${purchases.length} orders`);
  const deliveriesBefore = await deliveriesSoFar(databases(environment));
  const since = new Date();
  const accepted: AcceptedOrder[] = [];
  const reader = stageReader(databases(environment), since);
  const display = stageDisplay(screen, purchases.length);
  const [firstInstance, ...otherInstances] = options.ports.instances;
  let outcome;
  let progress: number | undefined = 0;
  try {
    const placing = placeOrders({
      ordersUrls: [urlOf(firstInstance.orders), ...otherInstances.map(({ orders }) => urlOf(orders))],
      purchases,
      runId: since.toISOString(),
      concurrency,
      answersFile: answersFile(options.stateDir),
      signal,
      onAccepted: (order) => void accepted.push(order),
    });
    const waiting = untilEnded({
      read: () => reader.read(),
      orders: () => purchases.length,
      onProgress: (stages) => {
        progress = stages.fulfilled + stages.cancelled < purchases.length ? stages.effects : undefined;
        display.update(stages);
      },
      signal,
      clock: { now: () => performance.now(), pause: (ms) => pause(ms, undefined, { signal }) },
      stuckAfterMs: options.onPersonNeeded === undefined ? stuckAfterMs : Infinity,
      restMs,
      dead: options.onPersonNeeded === undefined ? 'left' : 'waited-for',
      ...(options.onPersonNeeded === undefined ? {} : { onPersonNeeded: options.onPersonNeeded }),
    });
    const during = options.during({ progress: () => progress });
    [, outcome] = await Promise.all([placing, waiting, during]);
  } finally {
    progress = undefined;
    display.end();
    await reader.close();
  }

  screen.heading('\n== checker');
  const addresses = checkerAddresses(environment, options.ports);
  const evidence = await loadEvidence({ addresses, accepted, since, deliveriesBefore });
  const doubts = [...(outcome === 'stuck' ? [`nothing moved for ${stuckAfterMs / 1000} s`] : []), ...options.doubts()];
  return report({ ...evidence, unread: [...evidence.unread, ...doubts] }, { faults: options.faults });
}

/** Says what a person finds, and where. */
function tellPersonNeeded(screen: Screen, dead: number, ports: Ports): void {
  screen.line();
  screen.bad(`   ${dead} events wait for a person. The run goes on until they are put right:`);
  screen.line(`   ${urlOf(ports.console)}/failures`);
  screen.faint('      the console; docs/guide/put-failures-right.md walks through it');
  screen.line(
    `   curl -X POST -H 'content-type: application/json' -d '{"share": 0}' ${urlOf(ports.provider)}/odd-answers`,
  );
  screen.faint('      has the payment provider answer as it describes again');
}

function databases(environment: Environment) {
  const url = (service: string) => withDatabase(environment.postgresUrl, service);
  return {
    orders: url('orders'),
    payments: url('payments'),
    inventory: url('inventory'),
    shipping: url('shipping'),
    notifications: url('notifications'),
  };
}

function checkerAddresses(environment: Environment, ports: Ports): Addresses {
  return {
    databases: databases(environment),
    kafkaBrokers: environment.kafkaBrokers,
    registryUrl: environment.registryUrl,
    // What happens in the services' operation is no part of what became of the orders.
    topics: topics.map(({ name }) => name).filter((name) => !name.startsWith('operations.')),
    providerUrl: urlOf(ports.provider),
    mailSinkUrl: urlOf(ports.mailHttp),
  };
}

/** The file that keeps what the API answered; begun anew for each run. */
function answersFile(stateDir: string): string {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, 'accepted.jsonl');
  writeFileSync(file, '');
  return file;
}
