import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Jvm } from './jvm.ts';
import type { SupervisedProcess } from './supervise.ts';

/**
 * The class data of a program, which makes its start twice as fast. A JVM writes it at the end of a first run, into
 * the run's own directory; it is shared only when that end was a good one, in one step, since a JVM trusts the file.
 */
export interface ClassArchive {
  readonly javaArguments: readonly string[];
  /** To be called with the process that runs with these arguments. */
  keepFrom(process: SupervisedProcess): void;
}

/** SIGTERM, which a JVM answers with an orderly end. */
const orderlyEnds: readonly (number | null)[] = [0, 143];

/** @param directory of the program in the cache; `home` is the run's own. */
export function classArchive(jvm: Jvm, directory: string, home: string): ClassArchive {
  // An archive fits exactly one build of Java.
  const build = createHash('sha256').update(`${jvm.java}\n${jvm.build}`).digest('hex').slice(0, 12);
  const shared = join(directory, `classes-${build}.jsa`);
  if (existsSync(shared)) {
    return { javaArguments: [`-XX:SharedArchiveFile=${shared}`, '-Xlog:cds=off'], keepFrom: () => undefined };
  }
  const own = join(home, 'classes.jsa');
  const keep = async (process: SupervisedProcess): Promise<void> => {
    const exit = await process.exited;
    if (orderlyEnds.includes(exit.code) && existsSync(own)) {
      const scratch = `${shared}.${process.pid}`;
      await copyFile(own, scratch);
      await rename(scratch, shared);
    }
    await rm(own, { force: true });
  };
  return {
    javaArguments: [`-XX:ArchiveClassesAtExit=${own}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off'],
    // Without an archive the next start is slower, and nothing else.
    keepFrom: (process) => void keep(process).catch(() => undefined),
  };
}
