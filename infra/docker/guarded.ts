import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentError } from '../environment/error.ts';
import { lastLines } from '../local/component.ts';
import { becomesReady } from '../local/readiness.ts';
import { type ProcessExit, type SupervisedProcess, superviseProcess } from '../local/supervise.ts';

/** What a guard needs at most to stop its containers. */
export const guardPatienceMs = 60_000;

/** The log of the guard, and of what starts the containers. */
export function guardLog(stateDir: string): string {
  return join(stateDir, 'logs', 'docker.log');
}

/**
 * Starts the process that ends all containers of that name when it is stopped, or when this process ends, however it
 * ends. It first runs docker with the given arguments, which start containers; without any it is ready at once.
 * @throws EnvironmentError `environment.not-ready` with the end of docker's own words.
 */
export async function startGuard(options: {
  readonly name: string;
  readonly stateDir: string;
  readonly startArguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
}): Promise<SupervisedProcess> {
  const readyFile = join(options.stateDir, 'docker.ready');
  await rm(readyFile, { force: true });
  const logFile = guardLog(options.stateDir);
  const guard = await superviseProcess({
    name: 'The guard of the containers',
    command: process.execPath,
    args: [fileURLToPath(new URL('guard.ts', import.meta.url)), options.name, readyFile, ...options.startArguments],
    env: options.env,
    logFile,
    graceMs: guardPatienceMs,
  });
  let end: ProcessExit | undefined;
  void guard.exited.then((exit) => {
    end = exit;
  });
  try {
    await becomesReady({
      what: 'The containers',
      deadlineMs: options.deadlineMs,
      check: () => Promise.resolve(existsSync(readyFile)),
      givenUp: () => (end === undefined ? undefined : `docker gave up. The end of ${logFile}:\n${lastLines(logFile)}`),
    });
    return guard;
  } catch (error) {
    await guard.stop(guardPatienceMs);
    if (!(error instanceof EnvironmentError)) throw error;
    throw new EnvironmentError(
      error.code,
      `${error.message}\nMend that, or set WAYBILL_ENVIRONMENT=local to use plain processes.`,
      { cause: error },
    );
  }
}
