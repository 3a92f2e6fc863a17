import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@waybill/testing';
import { afterAll } from 'vitest';

export const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface Run {
  readonly exitCode: number | null;
  readonly lines: readonly string[];
  readonly messages: string;
}

/** A `waybill` command that runs, on a state directory of the test's own. */
export interface RunningCommand {
  readonly process: ChildProcess;
  /** All that it has written so far, to standard output and standard error. */
  written(): string;
  /** Resolves once it has written that. */
  writes(pattern: RegExp): Promise<void>;
  readonly ended: Promise<Run>;
}

const running = new Set<ChildProcess>();

/** Ends what a test that failed has left running, and waits for its end. */
async function endCommands(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const ended = once(child, 'close');
      child.kill('SIGINT');
      await ended;
    }),
  );
}

/** Starts commands on a state directory of the test file's own, which goes with them at the file's end. */
export function ownCommands(prefix: string): {
  readonly stateDirectory: string;
  readonly waybill: (...args: readonly string[]) => RunningCommand;
} {
  const stateDirectory = mkdtempSync(join(tmpdir(), prefix));
  afterAll(async () => {
    await endCommands();
    rmSync(stateDirectory, { recursive: true, force: true });
  }, 60_000);
  return { stateDirectory, waybill: (...args) => startCommand(stateDirectory, ...args) };
}

export function startCommand(stateDirectory: string, ...args: readonly string[]): RunningCommand {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, WAYBILL_STATE_DIR: stateDirectory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const out: string[] = [];
  const messages: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => messages.push(chunk.toString()));
  const ended = new Promise<Run>((resolve) => {
    child.once('close', (exitCode) => {
      running.delete(child);
      resolve({ exitCode, lines: out.join('').trimEnd().split('\n'), messages: messages.join('') });
    });
  });
  const written = () => [...out, ...messages].join('');
  return {
    process: child,
    written,
    writes: async (pattern) => {
      const seen = () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${written()}`);
        return pattern.test(written());
      };
      await eventually(seen, { what: `output like ${String(pattern)}`, deadlineMs: 120_000, everyMs: 50 });
    },
    ended,
  };
}

/** Processes that a command with this state directory started and that are still there after a while; none, one hopes. */
export async function leftBehind(stateDirectory: string): Promise<readonly string[]> {
  // Children inherit the variable, whatever became of their parents.
  const left = () => processes().filter((line) => line.includes(`WAYBILL_STATE_DIR=${stateDirectory}`));
  await eventually(() => left().length === 0, { what: 'the end of all processes', deadlineMs: 30_000 }).catch(
    () => undefined,
  );
  return left();
}

/** A line for each process: its pid, its command and its environment. */
function processes(): readonly string[] {
  return execFileSync('ps', ['axeww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).split(
    '\n',
  );
}
