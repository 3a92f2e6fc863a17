/**
 * Installs the packages of `package-lock.json` when they are not those in `node_modules`. Run by the `waybill` script
 * before anything is installed, so that it may import nothing but Node's own modules and its neighbours.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LockFile, isInstalled } from './installed-packages.ts';
import { withLock } from './lock.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function say(text: string): void {
  process.stderr.write(`waybill: ${text}\n`);
}

function read(path: string): LockFile | undefined {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')) as LockFile;
  } catch {
    return undefined;
  }
}

function upToDate(): boolean {
  const wanted = read('package-lock.json');
  const installed = read('node_modules/.package-lock.json');
  return wanted !== undefined && installed !== undefined && isInstalled(wanted, installed);
}

function install(): number {
  say('installing the packages of package-lock.json; about half a minute, and only when they change');
  // Not `npm ci`: it refuses a lock file without the packages of other platforms, which npm leaves out where the
  // registry in use does not serve them. This takes the locked versions too, verified, and leaves the file as it is.
  // What the cache knows of a locked version does not grow old, so the registry is asked for what is not there alone.
  const flags = ['--no-save', '--prefer-offline', '--no-fund', '--no-audit', '--loglevel=error'];
  const npm = spawnSync('npm', ['install', ...flags], { cwd: root, stdio: ['ignore', 2, 2] });
  if (npm.status === 0) return 0;
  const reason = npm.error === undefined ? 'what npm said stands above' : npm.error.message;
  say(`the packages could not be installed: ${reason}. Check the network and that npm is on PATH, and try again.`);
  return 1;
}

if (!upToDate()) {
  process.exitCode = await withLock(
    join(root, '.waybill', 'install.lock'),
    () => Promise.resolve(upToDate() ? 0 : install()),
    () => say('waiting for another start that installs the packages'),
  );
}
