import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { EnvironmentError } from '../environment/error.ts';
import {
  initdbArguments,
  postgresAccount as account,
  postgresSettings,
  volatilePostgresSettings,
} from '../environment/layout.ts';
import {
  type LocalComponent,
  type LocalContext,
  lastLines,
  localComponent,
  logPath,
  startServer,
} from './component.ts';
import {
  type PostgresPrograms,
  type PostgresUser,
  asUser,
  postgresPrograms,
  postgresUser,
} from './postgres-program.ts';
import { identify, signalProcess } from './process-identity.ts';
import { becomesReady } from './readiness.ts';
import { type SupervisedProcess, superviseProcess } from './supervise.ts';

const run = promisify(execFile);

const name = 'postgres';

interface Server {
  readonly programs: PostgresPrograms;
  readonly user: PostgresUser;
  /** Owned by the server's user; the data directory lies in it. */
  readonly home: string;
}

/** Starts PostgreSQL on its data under the state directory, which is made at the first start. */
export async function startPostgres(context: LocalContext, preferredPort: number): Promise<LocalComponent> {
  const [programs, user] = await Promise.all([postgresPrograms(), postgresUser()]);
  const server = { programs, user, home: join(context.stateDir, name) };
  await prepareDirectory(server.home, user);
  if (!existsSync(dataDirectory(server.home))) {
    context.progress({ kind: 'state', component: name, state: 'preparing', detail: 'new data directory' });
    await initialise(context, server);
  }
  const port = await context.ports.choose(name, preferredPort);
  context.progress({ kind: 'state', component: name, state: 'starting', detail: `port ${port}` });
  const component = await localComponent(name, serverAddress(port), async () => {
    await clearStalePid(server.home);
    return start(context, server, port);
  });
  context.progress({ kind: 'state', component: name, state: 'ready', detail: `127.0.0.1:${port}` });
  return component;
}

function dataDirectory(home: string): string {
  return join(home, 'data');
}

function serverAddress(port: number): string {
  return `postgres://${account.user}:${account.password}@127.0.0.1:${port}/postgres`;
}

/** Makes sure that a database is there; its name is one of ours, never from outside. */
export async function ensureDatabase(serverUrl: string, database: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function prepareDirectory(home: string, user: PostgresUser): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(home, user.uid, user.gid);
}

/** Half a data directory, from a start that was cut short, would be taken for a whole one: it is moved into place. */
async function initialise(context: LocalContext, server: Server): Promise<void> {
  const logFile = logPath(context, 'initdb');
  const scratch = join(server.home, 'new');
  await rm(scratch, { recursive: true, force: true });
  const passwordFile = join(server.home, 'password');
  await writeFile(passwordFile, account.password, { mode: 0o600 });
  if (server.user !== undefined) await chown(passwordFile, server.user.uid, server.user.gid);
  const process = await superviseProcess({
    name: 'initdb',
    ...asServer(server, server.programs.initdb, [
      `--pgdata=${scratch}`,
      `--username=${account.user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      ...initdbArguments,
      ...(context.volatile ? ['--no-sync'] : []),
    ]),
    logFile,
  });
  const exit = await process.exited;
  await rm(passwordFile, { force: true });
  if (exit.code !== 0) {
    throw new EnvironmentError(
      'environment.postgres-not-initialised',
      `PostgreSQL could not make its data directory. Mend what its log says, and start again. Started by root it runs as another user, who must be able to enter every directory above the checkout:\n${lastLines(logFile)}`,
    );
  }
  await rename(scratch, dataDirectory(server.home));
}

async function start(context: LocalContext, server: Server, port: number): Promise<SupervisedProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...postgresSettings,
    ...(context.volatile ? volatilePostgresSettings : {}),
  };
  return startServer(context, {
    name: 'PostgreSQL',
    ...asServer(server, server.programs.postgres, [
      '-D',
      dataDirectory(server.home),
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ]),
    logFile: logPath(context, name),
    // SIGTERM would wait for every client to leave by itself (PostgreSQL, "Shutting Down the Server").
    stopSignal: 'SIGINT',
    deadlineMs: 60_000,
    check: () => answers(port),
  });
}

/** One of the programs, as the server's user, in the server's directory, without the locale of whoever starts it. */
function asServer(server: Server, program: string, args: readonly string[]) {
  const env = { LC_ALL: undefined, LANG: 'C' };
  return { env, cwd: server.home, ...asUser(server.user, program, args, [program, server.home]) };
}

async function answers(port: number): Promise<boolean> {
  const client = new pg.Client({ connectionString: serverAddress(port), connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Frees the data directory from a server that lost its warden. PostgreSQL removes a stale `postmaster.pid` itself, and
 * needs it to see whether processes of a killed server still use the data; except when another process has got that
 * pid since.
 */
async function clearStalePid(home: string): Promise<void> {
  const pidFile = join(dataDirectory(home), 'postmaster.pid');
  const pid = await readFile(pidFile, 'utf8').then(
    (text) => Number.parseInt(text, 10),
    () => undefined,
  );
  if (pid === undefined || Number.isNaN(pid)) return;
  if (await servesData(pid, dataDirectory(home))) {
    signalProcess(pid, 'SIGINT', 'process');
    await becomesReady({
      what: 'The end of a PostgreSQL that was left over',
      deadlineMs: 20_000,
      check: () => Promise.resolve(identify(pid) === undefined),
    });
  } else if (identify(pid) !== undefined) await rm(pidFile, { force: true });
}

async function servesData(pid: number, dataDir: string): Promise<boolean> {
  const { stdout } = await run('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.includes(dataDir);
}
