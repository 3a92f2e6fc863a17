import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { superviseProcess, type ProcessExit, type SupervisedProcess } from '@waybill/infra';
import { rootDirectory } from '../workspace.ts';
import type { Program } from './fleet.ts';

/** A program ended again and again, or did not become ready. */
export class ProgramError extends Error {
  readonly code = 'up.program';
}

export interface SupervisorOptions {
  readonly logDirectory: string;
  /** Called when a program that should run has ended; it is started again after that. */
  readonly onEnded: (program: Program, exit: ProcessExit) => void;
  /** Called when a program cannot be kept running. */
  readonly onGivenUp: (error: Error) => void;
}

/** Ends of one program that are answered by starting it again. */
const restarts = 5;

/** Keeps programs running until it is stopped. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #running = new Map<string, SupervisedProcess>();
  readonly #ends = new Map<string, number>();
  readonly #everReady = new Set<string>();
  readonly #killed = new Set<string>();
  #restarted: () => void = () => undefined;
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  logFile(program: Program): string {
    return join(this.#options.logDirectory, `${program.name}.log`);
  }

  pid(program: Program): number | undefined {
    return this.#running.get(program.name)?.pid;
  }

  /** Calls the listener whenever a program was started again, and so has another pid. */
  onRestarted(listener: () => void): void {
    this.#restarted = listener;
  }

  /** Ends a program without a warning; it is started again, and its end does not count as a failure of its own. */
  kill(program: Program): void {
    this.#killed.add(program.name);
    this.#running.get(program.name)?.kill('SIGKILL');
  }

  async start(program: Program): Promise<void> {
    const child = await superviseProcess({
      name: program.name,
      command: process.execPath,
      args: program.args,
      env: program.env,
      cwd: rootDirectory,
      logFile: this.logFile(program),
      onExit: (exit) => void this.#ended(program, exit),
    });
    this.#running.set(program.name, child);
  }

  /** Stops one program for good. */
  async retire(program: Program): Promise<void> {
    const child = this.#running.get(program.name);
    this.#running.delete(program.name);
    await child?.stop();
  }

  /** Stops all programs, in good order and within the deadline. */
  async stop(deadlineMs = 15_000): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#running.values()].map((child) => child.stop(deadlineMs)));
  }

  async #ended(program: Program, exit: ProcessExit): Promise<void> {
    if (this.#stopping || !this.#running.has(program.name)) return;
    const ends = (this.#ends.get(program.name) ?? 0) + (this.#killed.delete(program.name) ? 0 : 1);
    this.#ends.set(program.name, ends);
    this.#options.onEnded(program, exit);
    try {
      if (!this.#everReady.has(program.name)) throw await this.problem(program, 'ended while it started');
      if (ends > restarts) throw await this.problem(program, `ended ${ends} times`);
      await pause(100);
      if (this.#stopping) return;
      await this.start(program);
      this.#restarted();
    } catch (error) {
      this.#options.onGivenUp(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Resolves when the program says that it can work. @throws {ProgramError} with the end of its log, after the deadline. */
  async ready(program: Program, signal: AbortSignal, deadlineMs = 90_000): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    while (performance.now() < deadline) {
      signal.throwIfAborted();
      try {
        const response = await fetch(program.readyUrl, { signal: AbortSignal.timeout(2000) });
        await response.arrayBuffer();
        if (response.ok) {
          this.#everReady.add(program.name);
          return;
        }
      } catch {
        // It does not listen yet.
      }
      await pause(100, undefined, { signal });
    }
    throw await this.problem(program, `was not ready within ${deadlineMs / 1000} s`);
  }

  async problem(program: Program, what: string): Promise<ProgramError> {
    const log = await readFile(this.logFile(program), 'utf8').catch(() => '');
    const end = log.trimEnd().split('\n').slice(-3).map(readable).join('\n  ');
    return new ProgramError(`${program.name} ${what}. Its log is ${this.logFile(program)}; it ends with:\n  ${end}`);
  }
}

/** A line of a log, shortened to what a person wants to know where it is JSON. */
function readable(line: string): string {
  try {
    const { msg = '', err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return err?.message === undefined ? msg : `${msg}: ${err.message}`;
  } catch {
    return line;
  }
}
