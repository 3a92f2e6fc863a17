import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HistoryLine } from './lines.ts';

/** What a process writes down before and after each thing that it does. */
export interface History {
  /** Adds the time and the process, and writes one line; it is with the operating system when this returns. */
  note(line: HistoryLine): void;
  close(): void;
}

/**
 * Appends to a file of this process alone. A line that was written survives the end of the process, by whatever
 * signal; a machine that stops may lose the last ones.
 */
export function openHistory(file: string, process: string, now: () => number = Date.now): History {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'a', 0o644);
  return {
    note: (line) => void writeSync(descriptor, `${JSON.stringify({ at: now(), process, ...line })}\n`),
    close: () => closeSync(descriptor),
  };
}
