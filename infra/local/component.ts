import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgressStep } from '../environment/environment.ts';
import type { PortBook } from './port-book.ts';
import { becomesReady } from './readiness.ts';
import { type ProcessExit, type SuperviseOptions, type SupervisedProcess, superviseProcess } from './supervise.ts';

/** What each part of the local environment gets to start in. */
export interface LocalContext {
  readonly stateDir: string;
  readonly ports: PortBook;
  readonly progress: (step: ProgressStep) => void;
  /** Data may be lost with the machine (never with a process): for tests. */
  readonly volatile: boolean;
  /** Aborted when another part could not start. */
  readonly abandoned: AbortSignal;
}

/** A part that is up, or was killed and may be started again. */
export interface LocalComponent {
  readonly name: string;
  readonly address: string;
  /** The process that was started last. */
  readonly process: SupervisedProcess;
  /** Once it has ended: starts it again on the same ports and data, and waits until it answers. */
  restart(): Promise<void>;
}

/** A part from what starts its server, which may be called again. */
export async function localComponent(
  name: string,
  address: string,
  start: () => Promise<SupervisedProcess>,
): Promise<LocalComponent> {
  let process = await start();
  return {
    name,
    address,
    get process() {
      return process;
    },
    async restart() {
      await process.exited;
      process = await start();
    },
  };
}

export function logPath(context: LocalContext, name: string): string {
  return join(context.stateDir, 'logs', `${name}.log`);
}

/** The last lines of a log that say something, for an error message; empty when there are none. */
export function lastLines(path: string, count = 5): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const size = statSync(path).size;
    const buffer = Buffer.alloc(Math.min(size, 4096));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-count)
      .join('\n');
  } finally {
    closeSync(file);
  }
}

/**
 * Starts a server and waits until it answers. One that ends, that does not answer in time, or that is not wanted any
 * more because another part failed, is stopped, and the reason thrown.
 */
export async function startServer(
  context: LocalContext,
  options: SuperviseOptions & { readonly deadlineMs: number; readonly check: () => Promise<boolean> },
): Promise<SupervisedProcess> {
  const server = await superviseProcess(options);
  let end: ProcessExit | undefined;
  void server.exited.then((exit) => {
    end = exit;
  });
  const givenUp = () => {
    if (context.abandoned.aborted) return 'another part of the environment failed first';
    if (end === undefined) return undefined;
    const how = end.signal === null ? `status ${end.code}` : end.signal;
    return `it ended with ${how}. The end of ${options.logFile}:\n${lastLines(options.logFile)}`;
  };
  try {
    await becomesReady({ what: options.name, deadlineMs: options.deadlineMs, check: options.check, givenUp });
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}
