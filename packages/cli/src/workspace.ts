import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout: the directory that holds `turbo.json`. */
export const rootDirectory = fileURLToPath(new URL('../../..', import.meta.url));

/** Where Waybill keeps what it runs here: `.waybill/<purpose>`, or below `WAYBILL_STATE_DIR` where that is set. */
export function stateDirectory(purpose: 'up' | 'test' | 'bench' | 'prove'): string {
  return join(process.env['WAYBILL_STATE_DIR'] ?? join(rootDirectory, '.waybill'), purpose);
}

/** Every directory in which something may run, by the name that people see: a purpose, or `prove/<seed>`. */
export function stateDirectories(): ReadonlyMap<string, string> {
  const proofs = stateDirectory('prove');
  const seeds = existsSync(proofs) ? readdirSync(proofs) : [];
  return new Map([
    ...(['up', 'test', 'bench'] as const).map((purpose): [string, string] => [purpose, stateDirectory(purpose)]),
    ...seeds.map((seed): [string, string] => [`prove/${seed}`, join(proofs, seed)]),
  ]);
}

/** One npm workspace: its package name, its directory (absolute), and its scripts. */
export interface Workspace {
  readonly name: string;
  readonly directory: string;
  readonly scripts: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
}

function manifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

/** All workspaces that the root manifest names, by name. */
export function workspaces(): readonly Workspace[] {
  const patterns = manifest(join(rootDirectory, 'package.json')).workspaces ?? [];
  return patterns
    .flatMap((pattern) => globSync(join(rootDirectory, pattern, 'package.json')))
    .filter((path) => existsSync(path))
    .map((path) => {
      const { name, scripts = {} } = manifest(path);
      return { name, directory: dirname(path), scripts };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}
