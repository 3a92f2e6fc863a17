import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '@waybill/checker';
import { type EnvironmentComponent, startEnvironment } from '@waybill/infra';
import { withDatabase } from '@waybill/infra/programs';
import { eventually } from '@waybill/testing';
import pg from 'pg';
import type { Screen } from '../../src/terminal/screen.ts';
import { type Program, type ServiceName, urlOf } from '../../src/up/fleet.ts';
import { runOrders, startFleet, type RunUnderWay, type Stage } from '../../src/up/main-job.ts';
import { choosePorts } from '../../src/up/ports.ts';
import { readPurchases } from '../../src/up/purchases.ts';
import { Supervisor } from '../../src/up/supervisor.ts';
import { rootDirectory } from '../../src/workspace.ts';

/** The sample on servers of its own, whose parts a test may kill, stop and look into. */
export interface RunningSample {
  readonly stage: Stage;
  readonly services: readonly Program[];
  readonly ordersUrl: string;
  /** One of the servers. */
  server(name: 'postgres' | 'kafka' | 'registry'): EnvironmentComponent;
  program(name: string): Program;
  /** Places so many orders, and has the checker judge once they have ended. */
  run(orders: number, during?: (run: RunUnderWay) => Promise<void>): Promise<Report>;
  /** All services say that they can work. */
  healthy(): Promise<void>;
  query(service: ServiceName, sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** What a program has logged so far, line by line. */
  logOf(program: Program): readonly string[];
  stop(): Promise<void>;
}

const sampleData = join(rootDirectory, 'examples/data/cdnow-purchases.csv');

export async function startSample(instances = 1): Promise<RunningSample> {
  const stateDir = mkdtempSync(join(tmpdir(), 'waybill-sample-'));
  const progress: string[] = [];
  const ended = new AbortController();
  const environment = await startEnvironment({ purpose: 'test', stateDir, mode: 'local', progress: () => undefined });
  const supervisor = new Supervisor({
    logDirectory: join(stateDir, 'logs'),
    onEnded: ({ name }, { code, signal }) => progress.push(`${name} ended (${signal ?? code})`),
    onGivenUp: (error) => ended.abort(error),
  });
  const stage: Stage = {
    environment,
    stateDir,
    ports: await choosePorts(instances),
    supervisor,
    screen: quietScreen(progress),
    signal: ended.signal,
  };
  const stop = async () => {
    await supervisor.stop();
    await environment.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    const fleet = await startFleet(stage, { faultsOf: () => undefined, oddAnswers: 0 });
    const services = fleet.filter(({ name }) => !['payment-provider', 'mail-sink', 'console'].includes(name));
    return {
      stage,
      services,
      ordersUrl: urlOf(stage.ports.instances[0].orders),
      server: (name) => found(environment.components, name),
      program: (name) => found(fleet, name),
      run: async (orders, during = () => Promise.resolve()) =>
        runOrders({
          ...stage,
          purchases: await readPurchases(sampleData, orders),
          faults: 'none',
          during,
          doubts: () => [],
        }),
      healthy: async () => {
        await Promise.all(services.map((service) => supervisor.ready(service, ended.signal)));
      },
      query: async (service, sql, values = []) => {
        const client = new pg.Client({ connectionString: withDatabase(environment.postgresUrl, service) });
        await client.connect();
        try {
          return (await client.query<Record<string, unknown>>(sql, [...values])).rows;
        } finally {
          await client.end();
        }
      },
      logOf: (program) => readFileSync(supervisor.logFile(program), 'utf8').trimEnd().split('\n'),
      stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`The sample did not start:\n${progress.join('\n')}`, { cause: error });
  }
}

/** Waits until something has had an effect since the call. */
export async function moreEffects(run: RunUnderWay): Promise<void> {
  const before = run.progress();
  await eventually(() => run.progress() !== before, { what: 'another effect', deadlineMs: 60_000 });
}

/** Findings and doubts, so that a failing test shows them and not a count. */
export function judgement({ verdict, findings, doubts, figures }: Report) {
  const { orders, pending, parked, lost, invented, duplicateEffects } = figures;
  return {
    ...{ verdict, doubts, findings: findings.map(({ code, message }) => `${code}: ${message}`) },
    ...{ orders, pending, parked, lost, invented, duplicateEffects },
  };
}

/** The judgement of a run in which nothing went wrong. */
export function valid(orders: number) {
  const none = { pending: 0, parked: 0, lost: 0, invented: 0, duplicateEffects: 0 };
  return { verdict: 'valid', doubts: [], findings: [], orders, ...none };
}

/** Processor seconds that a process has used, in whole seconds on some systems. */
export function processorSeconds(pid: number): number {
  const text = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' });
  // `00:00:07`, `0:07.12` or `1-00:00:07`
  const [days = '0', clock = ''] = text.includes('-') ? text.trim().split('-') : ['0', text.trim()];
  const parts = clock.split(':').map(Number);
  return parts.reduce((sum, part) => sum * 60 + part, 0) + Number(days) * 86_400;
}

function found<T extends { readonly name: string }>(all: readonly T[] | undefined, name: string): T {
  const one = all?.find((each) => each.name === name);
  if (one === undefined) throw new Error(`There is no ${name} here.`);
  return one;
}

function quietScreen(lines: string[]): Screen {
  const line = (text = '') => void lines.push(text);
  return { terminal: false, line, heading: line, good: line, bad: line, faint: line, transient: () => undefined };
}
