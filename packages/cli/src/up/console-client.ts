import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../verification/run-command.ts';
import { rootDirectory } from '../workspace.ts';

/** The console's client could not be built. */
export class ConsoleClientError extends Error {
  readonly code = 'up.console-client';
}

const directory = join(rootDirectory, 'services/console');
const built = join(directory, 'dist');
/** Holds the hash of the sources that the client beside it was built from. */
const mark = 'built-from';

/**
 * Builds what browsers load of the console, unless what is there is from the same sources. It is built beside and put in
 * its place at once, so that whoever serves it meanwhile serves one or the other.
 */
export async function buildConsoleClient(signal: AbortSignal): Promise<void> {
  const sources = hashOfSources();
  if (isBuiltFrom(sources)) return;
  const fresh = `${built}.${process.pid}`;
  try {
    const into = ['--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'];
    const { exitCode, output } = await runCommand(['vite', 'build', join(directory, 'web'), ...into], {
      env: {},
      signal,
    });
    signal.throwIfAborted();
    if (exitCode !== 0) throw new ConsoleClientError(`The console's pages could not be built:\n${output.trimEnd()}`);
    writeFileSync(join(fresh, mark), sources);
    putInPlace(fresh, sources);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function isBuiltFrom(sources: string): boolean {
  return existsSync(join(built, mark)) && readFileSync(join(built, mark), 'utf8') === sources;
}

function putInPlace(fresh: string, sources: string): void {
  try {
    rmSync(built, { recursive: true, force: true });
    renameSync(fresh, built);
  } catch (error) {
    // Somebody else who starts at the same moment was faster.
    if (!isBuiltFrom(sources)) throw error;
  }
}

/** Of the client's own files and of the versions of what it is built with. */
function hashOfSources(): string {
  const hash = createHash('sha256').update(readFileSync(join(rootDirectory, 'package-lock.json')));
  for (const name of globSync('web/**/*', { cwd: directory }).toSorted()) {
    const file = join(directory, name);
    if (statSync(file).isFile()) hash.update(`\n${name}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}
