import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { EnvironmentError } from '../environment/error.ts';

/** One file of a Maven repository, known by its content. */
export interface Artifact {
  /** `group:artifact[:extension[:classifier]]:version`. */
  readonly artifact: string;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

export interface ArtifactList {
  readonly kafka: readonly Artifact[];
  readonly registry: readonly Artifact[];
}

const artifactSchema = z.strictObject({
  artifact: z.string().regex(/^[\w.-]+(:[\w.-]+){2,4}$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().positive(),
});
const listSchema = z.strictObject({
  kafka: z.array(artifactSchema).min(1),
  registry: z.array(artifactSchema).length(1),
});

/** @throws EnvironmentError `environment.bad-artifact-list`, naming the place of the first fault. */
export function parseArtifactList(text: string): ArtifactList {
  const refuse = (reason: string): never => {
    throw new EnvironmentError(
      'environment.bad-artifact-list',
      `The list of artifacts is not usable: ${reason}. Restore infra/local/artifacts.json from the repository.`,
    );
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('it is not JSON');
  }
  const parsed = listSchema.safeParse(value);
  if (!parsed.success) return refuse(z.prettifyError(parsed.error).replaceAll('\n', ' '));
  const names = new Set<string>();
  for (const entry of [...parsed.data.kafka, ...parsed.data.registry]) {
    const name = artifactFileName(entry.artifact);
    if (names.has(name)) return refuse(`${name} is in it twice`);
    names.add(name);
  }
  return parsed.data;
}

/** The checked-in list. */
export async function readArtifactList(): Promise<ArtifactList> {
  return parseArtifactList(await readFile(new URL('artifacts.json', import.meta.url), 'utf8'));
}

/** `kafka-clients-4.3.0.jar` for `org.apache.kafka:kafka-clients:4.3.0`. */
export function artifactFileName(coordinates: string): string {
  const parts = coordinates.split(':');
  const [, name = '', extension = 'jar', classifier] = parts.length === 3 ? parts.slice(0, 2) : parts.slice(0, -1);
  const suffix = classifier === undefined ? '' : `-${classifier}`;
  return `${name}-${parts.at(-1)}${suffix}.${extension}`;
}

/** Names a set of artifacts by its content: twelve hexadecimal digits. */
export function fingerprint(artifacts: readonly Artifact[]): string {
  const digests = artifacts.map((entry) => `${artifactFileName(entry.artifact)} ${entry.sha256}`).toSorted();
  return createHash('sha256').update(digests.join('\n')).digest('hex').slice(0, 12);
}

/** SHA-256 of a file, hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Whether the file is there and is, byte for byte, what is expected. */
export async function isIntact(
  path: string,
  expected: { readonly sha256: string; readonly size: number },
): Promise<boolean> {
  try {
    if ((await stat(path)).size !== expected.size) return false;
    return (await sha256Of(path)) === expected.sha256;
  } catch {
    return false;
  }
}
