import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const identity = z.object({ pid: z.int().positive(), startedAt: z.string() });
const component = z.object({ name: z.string(), address: z.string(), since: z.string(), process: identity.optional() });
const stateSchema = z.object({
  version: z.literal(1),
  /** Ports that were chosen last, by name: taken again where they are free. */
  ports: z.record(z.string(), z.int()),
  /** The environment that runs, or ran when its owner was killed. */
  running: z
    .object({
      owner: identity,
      /** Ends when everything that it started has ended. */
      warden: identity,
      /** Where users say that they are there. */
      usersPort: z.int().optional(),
      mode: z.enum(['docker', 'local']),
      environment: z
        .object({
          postgresUrl: z.string(),
          kafkaBrokers: z.array(z.string()),
          registryUrl: z.string(),
          ownsRegistry: z.boolean(),
          otlpUrl: z.string().optional(),
          jaegerUrl: z.string().optional(),
        })
        .optional(),
      components: z.array(component),
    })
    .optional(),
});

/** What `<stateDir>/state.json` remembers from start to start. */
export type EnvironmentState = z.infer<typeof stateSchema>;

export function statePath(stateDir: string): string {
  return join(stateDir, 'state.json');
}

/** What is remembered; nothing when there is no file, or none that we can read. */
export function readState(stateDir: string): EnvironmentState {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(statePath(stateDir), 'utf8')));
  } catch {
    return { version: 1, ports: {} };
  }
}

/** Replaces the file in one step, readable by its owner alone, since addresses hold a password. */
export async function writeState(stateDir: string, state: EnvironmentState): Promise<void> {
  await mkdir(stateDir, { recursive: true });
  const scratch = `${statePath(stateDir)}.${process.pid}`;
  await writeFile(scratch, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  await rename(scratch, statePath(stateDir));
}
