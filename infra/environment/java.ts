/** For measurements that run Java programs of others beside ours: the same JVM, and artifacts fetched the same way. */
import { type Artifact, fingerprint, readArtifactList } from '../local/artifacts.ts';
import { cachePath } from '../local/cache.ts';
import { ensureArtifacts } from '../local/download.ts';
import { ensureJvm } from '../local/jvm.ts';
import { withLock } from '../local/lock.ts';
import type { ProgressStep } from './environment.ts';

export type { Artifact };

/** What it takes to run a Java program. */
export interface JavaProgram {
  /** Path of the `java` program. */
  readonly java: string;
  readonly classPath: string;
}

/**
 * A JVM, and the artifacts as a class path, fetched and verified when they are not in the cache.
 * @param name `debezium`: names the directory in the cache, and what is said while it is fetched.
 * @throws EnvironmentError when either cannot be had.
 */
export async function javaProgram(
  name: string,
  artifacts: readonly Artifact[],
  progress: (step: ProgressStep) => void,
): Promise<JavaProgram> {
  const { java } = await ensureJvm(progress);
  const directory = cachePath(`${name}-${fingerprint(artifacts)}`, 'lib');
  await withLock(
    cachePath('fetch.lock'),
    () => ensureArtifacts(name, artifacts, directory, progress),
    () => undefined,
  );
  return { java, classPath: `${directory}/*` };
}

/** The broker's own tools. @throws EnvironmentError when they cannot be had. */
export async function kafkaTools(progress: (step: ProgressStep) => void): Promise<JavaProgram> {
  const { kafka } = await readArtifactList();
  return javaProgram('kafka', kafka, progress);
}
