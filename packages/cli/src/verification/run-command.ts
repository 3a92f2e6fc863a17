import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { rootDirectory } from '../workspace.ts';

export interface CommandResult {
  readonly exitCode: number;
  /** Standard output and error as they came. */
  readonly output: string;
}

/**
 * Runs a command in the root of the checkout with the installed binaries first on PATH, and gathers its output. It is
 * ended, with all that it started, when the signal aborts.
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
    const end = () => endGroup(child.pid);
    options.signal.addEventListener('abort', end, { once: true });
    child.once('error', (error) => resolve({ exitCode: 127, output: `${file}: ${error.message}` }));
    child.once('close', (code) => {
      options.signal.removeEventListener('abort', end);
      resolve({ exitCode: code ?? 1, output: chunks.join('') });
    });
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended by itself, which is what was wanted.
  }
}
