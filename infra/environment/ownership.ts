import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endContainers, environmentName } from '../docker/engine.ts';
import { guardPatienceMs } from '../docker/guarded.ts';
import { type Lock, tryLock } from '../local/lock.ts';
import { type ProcessIdentity, isAlive, signalProcess } from '../local/process-identity.ts';
import { becomesReady } from '../local/readiness.ts';
import type { Environment, StatusEntry } from './environment.ts';
import { type EnvironmentState, readState, writeState } from './state.ts';

/** From being asked to stop to SIGKILL, for an owner that does not end. */
const ownerPatienceMs = 40_000;
/** A warden gives its children five seconds, and then ends. */
const wardenPatienceMs = 15_000;

/** One process at a time owns a state directory; the others find the environment running and share it. */
export function tryOwn(stateDir: string): Lock | undefined {
  mkdirSync(stateDir, { recursive: true });
  return tryLock(join(stateDir, 'environment.lock'));
}

/** The environment that another process runs on that directory, once it is up; undefined when none does. */
export function runningEnvironment(stateDir: string): Environment | undefined {
  const { running } = readState(stateDir);
  if (running?.environment === undefined || !isAlive(running.owner)) return undefined;
  const { environment } = running;
  return {
    ...environment,
    mode: running.mode,
    otlpUrl: environment.otlpUrl,
    jaegerUrl: environment.jaegerUrl,
    reused: true,
    stop: () => Promise.resolve(),
  };
}

/** Ends what a killed owner left behind. To be called by the one that holds the directory. */
export async function clearLeftovers(stateDir: string): Promise<void> {
  const state = readState(stateDir);
  if (state.running === undefined) return;
  const { warden, components } = state.running;
  await goneOr(warden, state.running.mode === 'docker' ? guardPatienceMs : wardenPatienceMs, () => undefined);
  for (const component of components) {
    if (component.process === undefined || !isAlive(component.process)) continue;
    const { pid } = component.process;
    signalProcess(pid, component.name === 'postgres' ? 'SIGINT' : 'SIGTERM', 'group');
    await goneOr(component.process, 10_000, () => signalProcess(pid, 'SIGKILL', 'group'));
  }
  // An engine that is gone has taken its containers with it.
  if (state.running.mode === 'docker') await endContainers(environmentName(resolve(stateDir))).catch(() => undefined);
  await writeState(stateDir, withoutRunning(state));
}

/** What runs where, from the outside; empty when nothing was left running. */
export async function environmentStatus(stateDir: string): Promise<StatusEntry[]> {
  const components = readState(stateDir).running?.components ?? [];
  return components.map((component) => ({
    component: component.name,
    state: component.process === undefined || isAlive(component.process) ? 'running' : 'stopped',
    pid: component.process?.pid,
    address: withoutPassword(component.address),
    since: component.since,
  }));
}

/**
 * Stops what runs on that directory, whoever started it: its owner is asked to end, and what a killed owner left is
 * ended here. Resolves when nothing is left; does nothing when nothing runs.
 */
export async function stopEnvironment(stateDir: string): Promise<void> {
  let lock = tryOwn(stateDir);
  const deadline = performance.now() + ownerPatienceMs;
  let asked = false;
  while (lock === undefined) {
    const owner = readState(stateDir).running?.owner;
    if (owner !== undefined && owner.pid !== process.pid && isAlive(owner)) {
      if (!asked) signalProcess(owner.pid, 'SIGTERM', 'process');
      asked = true;
      if (performance.now() > deadline) signalProcess(owner.pid, 'SIGKILL', 'process');
    }
    await delay(100);
    lock = tryOwn(stateDir);
  }
  try {
    await clearLeftovers(stateDir);
  } finally {
    lock.release();
  }
}

export function withoutRunning(state: EnvironmentState): EnvironmentState {
  return { version: state.version, ports: state.ports };
}

async function goneOr(identity: ProcessIdentity, patienceMs: number, otherwise: () => void): Promise<void> {
  const check = () => Promise.resolve(!isAlive(identity));
  try {
    await becomesReady({ what: 'The end of a process that was left over', deadlineMs: patienceMs, check });
  } catch {
    otherwise();
  }
}

function withoutPassword(address: string): string {
  const url = URL.parse(address);
  if (url === null || url.password === '') return address;
  url.password = '';
  return url.href;
}
