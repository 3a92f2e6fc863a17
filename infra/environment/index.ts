import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalComponent } from '../local/component.ts';
import { startLocal } from '../local/local-environment.ts';
import type { Lock } from '../local/lock.ts';
import { type ProcessIdentity, identify } from '../local/process-identity.ts';
import { wardenPid } from '../local/supervise.ts';
import { chooseMode } from './choice.ts';
import type { Environment, EnvironmentComponent, StartOptions } from './environment.ts';
import { givenEnvironment } from './given.ts';
import { clearLeftovers, runningEnvironment, tryOwn, withoutRunning } from './ownership.ts';
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
 * where an engine answers, or processes of this machine. They end with this process, however it ends. When another
 * process already runs one on the same state directory, that one is returned, as `reused`.
 * @throws EnvironmentError with a message that names the choices, when something cannot be had.
 */
export async function startEnvironment(options: StartOptions): Promise<Environment> {
  const mode = await chooseMode({
    requested: options.mode,
    variables: process.env,
    engineAnswers: () => Promise.resolve(false),
  });
  if (mode === 'given') return givenEnvironment(process.env);
  const stateDir = resolve(options.stateDir);
  for (;;) {
    const lock = tryOwn(stateDir);
    if (lock !== undefined) return startOwned({ ...options, stateDir }, lock);
    const running = runningEnvironment(stateDir);
    if (running !== undefined) return running;
    // Its owner is still starting it, or just stopping it.
    await delay(200);
  }
}

/** A JVM writes its class data at the end of a first run, which takes a while on a loaded machine. */
const stopDeadlineMs = 30_000;

async function startOwned(options: StartOptions, lock: Lock): Promise<Environment> {
  try {
    await clearLeftovers(options.stateDir);
    const state = readState(options.stateDir);
    const owner = identityOf(process.pid);
    const starting = {
      owner,
      warden: identityOf(wardenPid()),
      mode: 'local' as const,
      usersPort: options.usersPort,
      components: [],
    };
    await writeState(options.stateDir, { ...state, running: starting });

    const parts = await startLocal({ ...options, lastPorts: state.ports });
    const environment = {
      postgresUrl: parts.postgres.address,
      kafkaBrokers: [parts.kafka.address],
      registryUrl: parts.registry.address,
      ownsRegistry: true,
      otlpUrl: parts.jaeger?.otlpUrl,
      jaegerUrl: parts.jaeger?.address,
    };
    const components = [
      parts.postgres,
      parts.kafka,
      parts.registry,
      ...(parts.jaeger === undefined ? [] : [parts.jaeger]),
    ];
    const saved: EnvironmentState = {
      version: 1,
      ports: { ...state.ports, ...parts.ports },
      running: { ...starting, environment, components: components.map(describe) },
    };
    await writeState(options.stateDir, saved);

    let stopping: Promise<void> | undefined;
    const stop = async () => {
      const report = (component: string, what: 'stopping' | 'stopped') =>
        options.progress({ kind: 'state', component, state: what });
      const end = async (component: LocalComponent) => {
        report(component.name, 'stopping');
        await component.process.stop(stopDeadlineMs);
        report(component.name, 'stopped');
      };
      // The registry's pool would complain about a database that is gone first.
      await Promise.all([
        ...(parts.jaeger === undefined ? [] : [end(parts.jaeger)]),
        end(parts.kafka),
        end(parts.registry).then(() => end(parts.postgres)),
      ]);
      await writeState(options.stateDir, withoutRunning(saved));
      lock.release();
    };
    return {
      ...environment,
      components: components.map(breakable),
      mode: 'local',
      reused: false,
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function breakable(component: LocalComponent): EnvironmentComponent {
  return {
    name: component.name,
    async kill() {
      component.process.kill('SIGKILL');
      await component.process.exited;
    },
    restart: () => component.restart(),
  };
}

function describe(component: LocalComponent) {
  return {
    name: component.name,
    address: component.address,
    since: new Date().toISOString(),
    process: identityOf(component.process.pid),
  };
}

function identityOf(pid: number): ProcessIdentity {
  return identify(pid) ?? { pid, startedAt: 'ended' };
}
