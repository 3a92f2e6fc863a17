import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProgressStep } from '../environment/environment.ts';
import { EnvironmentError } from '../environment/error.ts';
import { type Artifact, artifactFileName, isIntact } from './artifacts.ts';

const attempts = 3;
/** Without a new byte for so long, a download is started again. */
const stallMs = 30_000;

/**
 * Makes sure that every artifact lies in the directory, byte for byte as listed: what is missing or damaged is
 * fetched (from Maven's default repository), verified, and moved into place in one step.
 * @throws EnvironmentError `environment.download-failed`.
 */
export async function ensureArtifacts(
  what: string,
  artifacts: readonly Artifact[],
  directory: string,
  progress: (step: ProgressStep) => void,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  let missing = await damaged(artifacts, directory);
  const totalBytes = sum(missing);
  let reason = '';
  for (let attempt = 1; attempt <= attempts && missing.length > 0; attempt += 1) {
    const settledBytes = totalBytes - sum(missing);
    const scratch = await mkdtemp(join(directory, '.fetch-'));
    try {
      reason = await fetchInto(scratch, missing, (received) =>
        progress({ kind: 'download', what, receivedBytes: Math.min(settledBytes + received, totalBytes), totalBytes }),
      );
      const bad = new Set(await damaged(missing, scratch));
      for (const artifact of missing.filter((entry) => !bad.has(entry))) {
        const name = artifactFileName(artifact.artifact);
        await rename(join(scratch, name), join(directory, name));
      }
      if (bad.size > 0 && reason === '') reason = `${bad.size} of the files do not match their checksums`;
      missing = [...bad];
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  if (missing.length > 0) {
    throw new EnvironmentError(
      'environment.download-failed',
      `${what} could not be fetched: ${reason}. Check the network (and HTTPS_PROXY, if you need one), or install Docker, or give the addresses of running servers.`,
    );
  }
  if (totalBytes > 0) progress({ kind: 'download', what, receivedBytes: totalBytes, totalBytes });
}

async function damaged(artifacts: readonly Artifact[], directory: string): Promise<Artifact[]> {
  const intact = await Promise.all(
    artifacts.map((entry) => isIntact(join(directory, artifactFileName(entry.artifact)), entry)),
  );
  return artifacts.filter((_, index) => intact[index] !== true);
}

/** Resolves to an empty text when all went well, and else to the reason. */
function fetchInto(
  directory: string,
  artifacts: readonly Artifact[],
  received: (bytes: number) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('fetch-artifact.ts', import.meta.url));
    const child = spawn(process.execPath, [script, directory, ...artifacts.map((entry) => entry.artifact)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-4000);
    });
    let last = 0;
    let lastGrowth = performance.now();
    const timer = setInterval(() => {
      void bytesIn(directory, artifacts).then((bytes) => {
        if (bytes > last) {
          last = bytes;
          lastGrowth = performance.now();
          received(bytes);
        } else if (performance.now() - lastGrowth > stallMs) {
          complaint = 'Error: the download stalled';
          child.kill('SIGKILL');
        }
      });
    }, 250);
    child.once('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
    child.once('close', (code) => {
      clearInterval(timer);
      const message = /Error: (.*)/.exec(complaint)?.[1] ?? 'the download ended early';
      resolve(code === 0 ? '' : message);
    });
  });
}

async function bytesIn(directory: string, artifacts: readonly Artifact[]): Promise<number> {
  const sizes = await Promise.all(
    artifacts.map(async (entry) => {
      try {
        return (await stat(join(directory, artifactFileName(entry.artifact)))).size;
      } catch {
        return 0;
      }
    }),
  );
  return sizes.reduce((total, size) => total + size, 0);
}

function sum(artifacts: readonly Artifact[]): number {
  return artifacts.reduce((total, entry) => total + entry.size, 0);
}
