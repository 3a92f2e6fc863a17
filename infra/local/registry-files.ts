import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { extract } from 'tar';
import { z } from 'zod';
import type { ProgressStep } from '../environment/environment.ts';
import { type Artifact, artifactFileName, fingerprint, isIntact, sha256Of } from './artifacts.ts';
import { ensureArtifacts } from './download.ts';

const manifestName = 'manifest.json';
const manifestSchema = z.array(z.strictObject({ path: z.string(), sha256: z.string(), size: z.int() })).min(1);

/**
 * The registry's unpacked program in the cache, each file as it was in the verified archive. What is damaged is
 * unpacked again, and the archive fetched again for it: it is not kept, being as large as what is in it.
 */
export async function ensureRegistryFiles(
  artifact: Artifact,
  cache: string,
  progress: (step: ProgressStep) => void,
): Promise<string> {
  const directory = join(cache, `registry-${fingerprint([artifact])}`);
  const program = join(directory, 'program');
  if (await matchesManifest(program, join(directory, manifestName))) return program;
  await ensureArtifacts('Apicurio Registry', [artifact], directory, progress);
  progress({ kind: 'state', component: 'registry', state: 'preparing', detail: 'unpacking' });
  const archive = join(directory, artifactFileName(artifact.artifact));
  const scratch = join(directory, 'unpacking');
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch);
  await extract({ file: archive, cwd: scratch });
  await rm(program, { recursive: true, force: true });
  await rename(scratch, program);
  await writeFile(join(directory, manifestName), JSON.stringify(await describe(program)));
  await rm(archive, { force: true });
  return program;
}

async function matchesManifest(program: string, manifestPath: string): Promise<boolean> {
  try {
    const entries = manifestSchema.parse(JSON.parse(await readFile(manifestPath, 'utf8')));
    const intact = await Promise.all(entries.map((entry) => isIntact(join(program, entry.path), entry)));
    return !intact.includes(false);
  } catch {
    return false;
  }
}

async function describe(program: string) {
  const entries = await readdir(program, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.map(async (path) => ({
      path: relative(program, path),
      sha256: await sha256Of(path),
      size: (await stat(path)).size,
    })),
  );
}
