import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** There is no browser, and none could be installed. */
export class NoBrowserError extends Error {
  readonly code = 'test.no-browser';
}

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const packageManager = 'apt-get';
/** Debian's browser, and a font, without which its pages have no letters. */
const packages = ['chromium', 'fonts-liberation'];

/**
 * The program of a Chromium: that of the variable `CHROMIUM`, else the first of its names on PATH, else Debian's, which is
 * installed where this process is root and `apt-get` is there.
 *
 * @throws {NoBrowserError} with what to do, when there is none and it cannot be installed.
 */
export function browserProgram(): string {
  const given = process.env['CHROMIUM'];
  if (given !== undefined && given !== '') {
    if (isProgram(given)) return given;
    throw new NoBrowserError(`CHROMIUM names no program: ${given}. Give the path of a Chromium, or unset it.`);
  }
  const found = onPath();
  if (found !== undefined) return found;
  install();
  const installed = onPath();
  if (installed !== undefined) return installed;
  throw new NoBrowserError(`apt-get has installed ${packages[0]}, but it is not on PATH. Set CHROMIUM to its path.`);
}

function onPath(): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  return names.flatMap((name) => directories.map((directory) => join(directory, name))).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function install(): void {
  const nextStep = `Install Chromium so that one of ${names.join(', ')} is on PATH, or set CHROMIUM to its path.`;
  if (process.getuid?.() !== 0) throw new NoBrowserError(`No browser was found. ${nextStep}`);
  aptGet(nextStep, 'update');
  aptGet(nextStep, 'install', '--yes', '--no-install-recommends', ...packages);
}

function aptGet(nextStep: string, ...args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(packageManager, ['--quiet', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? `status ${status}`;
  throw new NoBrowserError(
    `No browser was found, and apt-get ${args[0] ?? ''} did not bring one: ${reason}. ${nextStep}`,
  );
}
