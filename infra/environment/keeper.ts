import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, closeSync } from 'node:fs';
import { type Socket, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isAlive } from '../local/process-identity.ts';
import { lastLines } from '../local/component.ts';
import { asRequested, requestedMode } from './choice.ts';
import { EnvironmentError } from './error.ts';
import type { Environment, EnvironmentPurpose } from './environment.ts';
import { addressesGiven, givenEnvironment } from './given.ts';
import { runningEnvironment } from './ownership.ts';
import { readState } from './state.ts';

/** How long an environment stays up for the next user after the last one has left. */
const lingerMs = 20_000;
/** Downloads and a first start included. */
const startDeadlineMs = 600_000;

/** A use of a shared environment; it ends with `leave`, or with the process. */
export interface EnvironmentUse {
  readonly environment: Environment;
  leave(): void;
}

/** Who uses an environment: each user holds a connection open, which ends with its process, however that ends. */
export interface Users {
  /** To connect to. */
  readonly port: number;
  /** Waits, from its call on, until nobody has been there for a while; nobody is taken in from then on. */
  unused(): Promise<void>;
  /** Takes nobody in any more. */
  turnAway(): void;
}

/** Counts the users of an environment. `patienceMs` is how long it is kept for the next one. */
export async function countUsers(patienceMs = lingerMs): Promise<Users> {
  const users = new Set<Socket>();
  const { promise: unused, resolve } = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const server = createServer((socket) => {
    clearTimeout(timer);
    users.add(socket);
    socket.on('error', () => undefined);
    socket.resume().write('welcome\n');
    socket.once('close', () => {
      users.delete(socket);
      if (users.size === 0) endSoon();
    });
  });
  const endSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Whoever is welcomed relies on the environment, which is about to stop.
      server.close();
      resolve();
    }, patienceMs);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    unused: () => {
      if (users.size === 0) endSoon();
      return unused;
    },
    turnAway: () => void server.close(),
  };
}

/**
 * Joins the environment whose addresses are given, or else the one that is shared by all processes of this checkout, and starts its keeper when there is none:
 * a process of its own, which ends a little after its last user.
 * @throws EnvironmentError when it does not come up, with the end of the keeper's log.
 */
export async function joinEnvironment(purpose: EnvironmentPurpose, stateDir: string): Promise<EnvironmentUse> {
  const requested = requestedMode(process.env);
  if (requested === 'given' || (requested === undefined && addressesGiven(process.env))) {
    return { environment: givenEnvironment(process.env), leave: () => undefined };
  }
  const deadline = performance.now() + startDeadlineMs;
  const logFile = join(stateDir, 'logs', 'keeper.log');
  let keeper: { ended: boolean } | undefined;
  while (performance.now() < deadline) {
    const use = await tryJoin(stateDir);
    if (use !== undefined) return use;
    const owner = readState(stateDir).running?.owner;
    if (keeper === undefined && (owner === undefined || !isAlive(owner)))
      keeper = startKeeper(purpose, stateDir, logFile);
    // One that lost the race for the directory ends at once, and the winner is found in the next turn.
    if (keeper?.ended === true && (owner === undefined || !isAlive(owner))) break;
    await delay(100);
  }
  throw new EnvironmentError(
    'environment.not-ready',
    `The shared environment did not come up. Mend what its log says (${logFile}):\n${lastLines(logFile, 8)}`,
  );
}

async function tryJoin(stateDir: string): Promise<EnvironmentUse | undefined> {
  const environment = runningEnvironment(stateDir);
  const port = readState(stateDir).running?.usersPort;
  if (environment === undefined || port === undefined) return undefined;
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  // Only an answer says that the keeper had not begun to stop when it took us in.
  const welcomed = await Promise.race([
    once(socket, 'data').then(
      () => true,
      () => false,
    ),
    once(socket, 'close').then(
      () => false,
      () => false,
    ),
    delay(2000, false),
  ]);
  if (!welcomed) {
    socket.destroy();
    return undefined;
  }
  socket.resume().unref();
  return { environment: asRequested(environment, requestedMode(process.env)), leave: () => socket.destroy() };
}

function startKeeper(purpose: EnvironmentPurpose, stateDir: string, logFile: string): { ended: boolean } {
  mkdirSync(join(stateDir, 'logs'), { recursive: true });
  const log = openSync(logFile, 'w');
  const script = fileURLToPath(new URL('serve.ts', import.meta.url));
  const child = spawn(process.execPath, [script, '--purpose', purpose, '--state-dir', stateDir, '--while-used'], {
    // It serves those who come after us too, so that it must not end with us.
    detached: true,
    stdio: ['ignore', 'ignore', log],
  });
  closeSync(log);
  const keeper = { ended: false };
  child.once('error', () => (keeper.ended = true));
  child.once('exit', () => (keeper.ended = true));
  child.unref();
  return keeper;
}
