/**
 * Gives each compiled workspace its manifest, with JavaScript in the place of TypeScript:
 * `node compiled-manifests.ts <sources> <compiled>`.
 */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The text of a manifest as it is to stand beside the compiled files. */
export function compiledManifest(text: string): string {
  const manifest: unknown = JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'string' && /^\.\/.*\.ts$/.test(value) ? value.replace(/\.ts$/, '.js') : value,
  );
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function writeManifests(sources: string, compiled: string): void {
  const patterns = ['package.json', '{packages,services,examples}/*/package.json', '{schemas,infra}/package.json'];
  for (const path of globSync(patterns, { cwd: sources })) {
    const target = join(compiled, path);
    if (path !== 'package.json' && !existsSync(dirname(target))) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, compiledManifest(readFileSync(join(sources, path), 'utf8')));
  }
}

const [sources, compiled] = process.argv.slice(2);
if (import.meta.main && sources !== undefined && compiled !== undefined) writeManifests(sources, compiled);
