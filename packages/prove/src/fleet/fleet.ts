import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ProcessExit, type SupervisedProcess, superviseProcess } from '@waybill/infra';
import type { Random } from '../random.ts';
import type { WorkloadProcess } from './programs.ts';

/** A process of the workload did not become ready, or would not stay. */
export class WorkloadError extends Error {
  readonly code = 'prove.workload';
}

export interface FleetOptions {
  readonly processes: readonly WorkloadProcess[];
  readonly logDir: string;
  /** Modules that each process loads after its own. */
  readonly imports: readonly string[];
  /** Variables of each process, beside its own. */
  readonly env: Readonly<Record<string, string>>;
  readonly random: Random;
  /** A process has ended; whether that was asked for. */
  readonly onEnded: (name: string, exit: ProcessExit, asked: 'asked' | 'by-itself') => void;
  /** A process that ended could not be started again. */
  readonly onGivenUp: (name: string, error: unknown) => void;
}

/** Milliseconds until a process that ended is started again. */
const restartAfterMs = { from: 100, to: 1_500 };

/** Keeps the workload running: what ends is started again, under the next run number, until the fleet is stopped. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #running = new Map<string, SupervisedProcess>();
  readonly #runs = new Map<string, number>();
  readonly #asked = new Set<string>();
  readonly #extra = new Map<string, Readonly<Record<string, string>>>();
  readonly #starting = new Set<Promise<unknown>>();
  #stopping = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get processes(): readonly WorkloadProcess[] {
    return this.#options.processes;
  }

  logFile(name: string): string {
    return join(this.#options.logDir, `${name}.log`);
  }

  async start(): Promise<void> {
    await Promise.all(this.processes.map((process) => this.#start(process)));
  }

  pid(name: string): number | undefined {
    return this.#running.get(name)?.pid;
  }

  /** Sends a signal to a process; false when it does not run at this moment. */
  signal(name: string, signal: NodeJS.Signals): boolean {
    const child = this.#running.get(name);
    if (child === undefined) return false;
    if (signal === 'SIGKILL' || signal === 'SIGTERM') this.#asked.add(name);
    child.kill(signal);
    return true;
  }

  /** What the process is started with from its next start on, beside its own variables. */
  setExtra(name: string, extra: Readonly<Record<string, string>>): void {
    this.#extra.set(name, extra);
  }

  /** Resolves when every process that says so is ready. @throws {WorkloadError} with the end of a log, after the deadline. */
  async ready(signal: AbortSignal, deadlineMs = 120_000): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    await Promise.all(this.processes.map((process) => this.#ready(process, deadline, signal)));
  }

  /** Stops all, in good order where they can. */
  async stop(deadlineMs = 15_000): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#starting);
    for (const name of this.#running.keys()) this.#asked.add(name);
    await Promise.all([...this.#running.values()].map((child) => child.stop(deadlineMs)));
  }

  async #start(workload: WorkloadProcess): Promise<void> {
    const { name, script, imports, env } = workload;
    const run = (this.#runs.get(name) ?? -1) + 1;
    this.#runs.set(name, run);
    const child = await superviseProcess({
      name,
      command: process.execPath,
      args: [...[...imports, ...this.#options.imports].flatMap((module) => ['--import', module]), script],
      env: {
        ...this.#options.env,
        ...env,
        ...this.#extra.get(name),
        WORKLOAD_RUN: String(run),
        ...applicationName(env, `${name}.${run}`),
      },
      logFile: this.logFile(name),
      onExit: (exit) => this.#ended(workload, exit),
    });
    this.#running.set(name, child);
  }

  #ended(workload: WorkloadProcess, exit: ProcessExit): void {
    const { name } = workload;
    this.#running.delete(name);
    this.#options.onEnded(name, exit, this.#asked.delete(name) ? 'asked' : 'by-itself');
    const waitMs = this.#options.random.whole(restartAfterMs.from, restartAfterMs.to);
    const starting = pause(waitMs)
      .then(() => (this.#stopping ? undefined : this.#start(workload)))
      .catch((error: unknown) => this.#options.onGivenUp(name, error))
      .finally(() => this.#starting.delete(starting));
    this.#starting.add(starting);
  }

  async #ready({ name, readyUrl }: WorkloadProcess, deadline: number, signal: AbortSignal): Promise<void> {
    if (readyUrl === undefined) return;
    while (performance.now() < deadline) {
      signal.throwIfAborted();
      const answer = await fetch(readyUrl, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.ok === true) return;
      await pause(150, undefined, { signal });
    }
    const log = await readFile(this.logFile(name), 'utf8').catch(() => '');
    const end = log.trimEnd().split('\n').slice(-3).join('\n  ');
    throw new WorkloadError(`${name} was not ready in time. Its log is ${this.logFile(name)}; it ends with:\n  ${end}`);
  }
}

/** The database names each connection by the process and its run, so that its triggers can tell who wrote. */
function applicationName(env: Readonly<Record<string, string>>, name: string): Readonly<Record<string, string>> {
  if (env['DATABASE_URL'] === undefined) return {};
  const url = new URL(env['DATABASE_URL']);
  url.searchParams.set('application_name', name);
  return { DATABASE_URL: url.href };
}
