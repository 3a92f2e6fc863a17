import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startDocker } from '../docker/docker-servers.ts';
import { engineAnswers } from '../docker/engine.ts';
import { startLocalServers } from '../local/local-servers.ts';
import type { Lock } from '../local/lock.ts';
import { type ProcessIdentity, identify } from '../local/process-identity.ts';
import { wardenPid } from '../local/supervise.ts';
import { asRequested, chooseMode, requestedMode } from './choice.ts';
import type { Environment, StartOptions } from './environment.ts';
import { givenEnvironment } from './given.ts';
import { clearLeftovers, runningEnvironment, tryOwn, withoutRunning } from './ownership.ts';
import type { ServerComponent } from './servers.ts';
import { type EnvironmentState, readState, writeState } from './state.ts';

export {
  type Environment,
  type EnvironmentComponent,
  type EnvironmentMode,
  type EnvironmentPurpose,
  environmentVariables,
} from './environment.ts';
export type { ProgressStep, StartOptions, StatusEntry } from './environment.ts';
export { EnvironmentError } from './error.ts';
export { type EnvironmentUse, joinEnvironment } from './keeper.ts';
export { environmentStatus, runningEnvironment, stopEnvironment } from './ownership.ts';
export {
  type ProcessExit,
  type SupervisedProcess,
  type SuperviseOptions,
  superviseProcess,
} from '../local/supervise.ts';

/**
 * Brings up PostgreSQL, Kafka, a schema registry and perhaps Jaeger: the ones whose addresses are given, containers
 * where an engine answers, or processes of this machine; `WAYBILL_ENVIRONMENT` (`docker`, `local` or `given`) decides otherwise. They end with this process, however it ends. When another
 * process already runs one on the same state directory, that one is returned, as `reused`.
 * @throws EnvironmentError with a message that names the choices, when something cannot be had.
 */
export async function startEnvironment(options: StartOptions): Promise<Environment> {
  const mode = await chooseMode({
    requested: options.mode,
    variables: process.env,
    engineAnswers,
  });
  if (mode === 'given') return givenEnvironment(process.env);
  const stateDir = resolve(options.stateDir);
  for (;;) {
    const lock = tryOwn(stateDir);
    if (lock !== undefined) return startOwned({ ...options, stateDir }, mode, lock);
    const running = runningEnvironment(stateDir);
    if (running !== undefined) return asRequested(running, options.mode ?? requestedMode(process.env));
    // Its owner is still starting it, or just stopping it.
    await delay(200);
  }
}

async function startOwned(options: StartOptions, mode: 'docker' | 'local', lock: Lock): Promise<Environment> {
  try {
    await clearLeftovers(options.stateDir);
    const state = readState(options.stateDir);
    const owner = identityOf(process.pid);
    const starting = {
      owner,
      warden: identityOf(wardenPid()),
      mode,
      usersPort: options.usersPort,
      components: [],
    };
    await writeState(options.stateDir, { ...state, running: starting });

    const start = mode === 'docker' ? startDocker : startLocalServers;
    const servers = await start({ ...options, lastPorts: state.ports });
    const environment = { ...servers.addresses, kafkaBrokers: [...servers.addresses.kafkaBrokers] };
    const saved: EnvironmentState = {
      version: 1,
      ports: { ...state.ports, ...servers.ports },
      running: { ...starting, environment, components: servers.components.map(describe) },
    };
    await writeState(options.stateDir, saved);

    let stopping: Promise<void> | undefined;
    const stop = async () => {
      await servers.stop();
      await writeState(options.stateDir, withoutRunning(saved));
      lock.release();
    };
    const components = servers.components.flatMap(({ name, breakable }) =>
      breakable === undefined ? [] : [{ name, ...breakable }],
    );
    return {
      ...environment,
      ...(components.length === 0 ? {} : { components }),
      mode,
      reused: false,
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function describe({ name, address, process }: ServerComponent) {
  return { name, address, since: new Date().toISOString(), process };
}

function identityOf(pid: number): ProcessIdentity {
  return identify(pid) ?? { pid, startedAt: 'ended' };
}
