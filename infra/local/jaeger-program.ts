import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { ProgressStep } from '../environment/environment.ts';
import { EnvironmentError } from '../environment/error.ts';
import { cachePath } from './cache.ts';
import { withLock } from './lock.ts';
import { superviseProcess } from './supervise.ts';

const run = promisify(execFile);

/** What is built, and the checksum of its source as Go's checksum database has it. */
const source = {
  module: 'github.com/jaegertracing/jaeger',
  version: 'v1.76.0',
  sum: 'h1:sWCOOF1dr+NL0PLil7mFo3BqqQL8k4WiM7aguFbc14g=',
};
const downloadSchema = z.object({ Dir: z.string(), Sum: z.string() });

/** The Jaeger of this machine or of the cache; without one undefined, or, when `build` says so, one that is built. */
export async function jaegerProgram(
  build: boolean,
  progress: (step: ProgressStep) => void,
): Promise<string | undefined> {
  const built = cachePath(`jaeger-${source.version}-${process.platform}-${process.arch}`, 'jaeger');
  const candidates = [...(process.env['PATH'] ?? '').split(delimiter).map((path) => join(path, 'jaeger')), built];
  const found = await firstProgram(candidates);
  if (found !== undefined || !build) return found;
  return withLock(cachePath('jaeger.lock'), async () => {
    if ((await firstProgram([built])) === undefined) await buildJaeger(built, progress);
    return built;
  });
}

async function firstProgram(candidates: readonly string[]): Promise<string | undefined> {
  for (const path of candidates) {
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return path;
  }
  return undefined;
}

async function buildJaeger(target: string, progress: (step: ProgressStep) => void): Promise<void> {
  const report = (detail: string) => progress({ kind: 'state', component: 'jaeger', state: 'preparing', detail });
  report(`fetching the source of ${source.version}`);
  const sourceDir = await fetchSource();
  const scratch = await mkdtemp(cachePath('.jaeger-'));
  try {
    // Out of the module cache, since Go installs no module that replaces others; files there are read-only.
    const copy = join(scratch, 'source');
    await cp(sourceDir, copy, { recursive: true });
    await run('chmod', ['-R', 'u+w', copy]);
    report('building, about five minutes, once');
    const logFile = cachePath('jaeger-build.log');
    await writeFile(logFile, '');
    const program = join(scratch, 'jaeger');
    const build = await superviseProcess({
      name: 'The build of Jaeger',
      command: 'go',
      args: ['build', '-trimpath', '-ldflags=-s -w', '-o', program, './cmd/jaeger'],
      cwd: copy,
      env: { CGO_ENABLED: '0' },
      logFile,
    });
    const exit = await build.exited;
    if (exit.code !== 0) throw failed(`the build failed; its log is ${logFile}`);
    await mkdir(join(target, '..'), { recursive: true });
    await rename(program, target);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function fetchSource(): Promise<string> {
  let output: string;
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', `${source.module}@${source.version}`], {
      cwd: cachePath(),
      env: { ...process.env, GOFLAGS: '-mod=mod' },
    });
    output = stdout;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw failed(missing ? 'there is no Go on PATH' : 'its source could not be fetched', error);
  }
  const download = downloadSchema.parse(JSON.parse(output));
  if (download.Sum !== source.sum) throw failed('its source is not what is expected');
  return download.Dir;
}

function failed(reason: string, cause?: unknown): EnvironmentError {
  return new EnvironmentError(
    'environment.no-jaeger',
    `Jaeger could not be built: ${reason}. Install Go, put a jaeger program on PATH, install Docker, or leave --jaeger out.`,
    { cause },
  );
}
