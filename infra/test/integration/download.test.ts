import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProgressStep } from '../../environment/environment.ts';
import { type Artifact, artifactFileName, isIntact, readArtifactList } from '../../local/artifacts.ts';
import { ensureArtifacts } from '../../local/download.ts';

let directory: string;
let artifacts: readonly Artifact[];
const fileOf = (artifact: Artifact) => join(directory, artifactFileName(artifact.artifact));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waybill-'));
  artifacts = (await readArtifactList()).kafka.toSorted((a, b) => a.size - b.size).slice(0, 2);
  await ensureArtifacts('two small files', artifacts, directory, () => undefined);
});
afterAll(() => rm(directory, { recursive: true }));

describe('cached artifacts', () => {
  test('that are damaged are fetched anew, and the others are left alone', async () => {
    const [damaged, sound] = artifacts;
    if (damaged === undefined || sound === undefined) throw new Error('the list of artifacts is too short');
    const content = await readFile(fileOf(damaged));
    content[0] = (content[0] ?? 0) ^ 0xff;
    await writeFile(fileOf(damaged), content);
    const before = await stat(fileOf(sound));
    const steps: ProgressStep[] = [];

    await ensureArtifacts('two small files', artifacts, directory, (step) => steps.push(step));

    expect(await isIntact(fileOf(damaged), damaged)).toBe(true);
    expect((await stat(fileOf(sound))).ino).toBe(before.ino);
    expect(steps.at(-1)).toEqual({
      kind: 'download',
      what: 'two small files',
      receivedBytes: damaged.size,
      totalBytes: damaged.size,
    });
    expect((await readdir(directory)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('that are sound are not fetched', async () => {
    const steps: ProgressStep[] = [];
    await ensureArtifacts('two small files', artifacts, directory, (step) => steps.push(step));
    expect(steps).toEqual([]);
  });

  test('whose source has another content are refused and not kept', async () => {
    const [first] = artifacts;
    if (first === undefined) throw new Error('the list of artifacts is empty');
    const forged = { ...first, sha256: '0'.repeat(64) };
    const other = join(directory, 'other');
    await expect(ensureArtifacts('A forged file', [forged], other, () => undefined)).rejects.toThrow(/checksum/);
    expect(await readdir(other)).toEqual([]);
  });
});
