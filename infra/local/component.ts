import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgressStep } from '../environment/environment.ts';
import type { PortBook } from './port-book.ts';
import type { SupervisedProcess } from './supervise.ts';

/** What each part of the local environment gets to start in. */
export interface LocalContext {
  readonly stateDir: string;
  readonly ports: PortBook;
  readonly progress: (step: ProgressStep) => void;
  /** Data may be lost with the machine (never with a process): for tests. */
  readonly volatile: boolean;
}

/** A part that is up. */
export interface LocalComponent {
  readonly name: string;
  readonly address: string;
  readonly process: SupervisedProcess;
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

/** For `becomesReady`: why there is nothing to wait for any more, once the process has ended. */
export function endedEarly(process: SupervisedProcess, logFile: string): () => string | undefined {
  let reason: string | undefined;
  void process.exited.then((exit) => {
    const how = exit.signal === null ? `status ${exit.code}` : exit.signal;
    reason = `it ended with ${how}. The end of ${logFile}:\n${lastLines(logFile)}`;
  });
  return () => reason;
}
