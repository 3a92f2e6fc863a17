import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { rootDirectory } from '../workspace.ts';

export interface CommandResult {
  readonly exitCode: number;
  /** Standard output and error as they came. */
  readonly output: string;
}

const killAfterMs = 5_000;

/**
 * Runs a command in the root of the checkout with the installed binaries first on PATH, and gathers its output. It is
 * ended, with all that it started, when the signal aborts; what then still holds its output open is not waited for.
 */
export function runCommand(
  command: readonly [string, ...string[]],
  options: { readonly env: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<CommandResult> {
  const [file, ...args] = command;
  const path = [join(rootDirectory, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: rootDirectory,
      env: { ...process.env, ...options.env, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const chunks: string[] = [];
    const gather = (chunk: Buffer) => chunks.push(chunk.toString('utf8'));
    child.stdout.on('data', gather);
    child.stderr.on('data', gather);
    let killing: NodeJS.Timeout | undefined;
    const done = (code: number | null) => {
      options.signal.removeEventListener('abort', end);
      clearTimeout(killing);
      resolve({ exitCode: code ?? 1, output: chunks.join('') });
    };
    const end = () => {
      signalGroup(child.pid, 'SIGTERM');
      killing = setTimeout(() => {
        signalGroup(child.pid, 'SIGKILL');
        done(1);
      }, killAfterMs);
    };
    options.signal.addEventListener('abort', end, { once: true });
    child.once('error', (error) => resolve({ exitCode: 127, output: `${file}: ${error.message}` }));
    child.once('close', done);
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself, which is what was wanted.
  }
}
