import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emit } from './emit.ts';
import { readSchemas } from './read-schemas.ts';

export interface GenerateOptions {
  /** The folder of the contexts: `schemas`. */
  readonly schemasDir: string;
  /** Where the generated files go: `schemas/generated`. Nothing else may lie there. */
  readonly outDir: string;
}

/**
 * Writes the typed constants of all schemas, and removes generated files that no context has any more. Answers the
 * names of the files that changed.
 * @throws {InvalidSchemaError} when a schema or a context.yaml is wrong; nothing is then written.
 */
export function generateContracts(options: GenerateOptions): readonly string[] {
  const drifted = checkGenerated(options);
  const files = emit(readSchemas(options.schemasDir));
  mkdirSync(options.outDir, { recursive: true });
  for (const name of drifted) {
    const text = files.get(name);
    if (text === undefined) rmSync(join(options.outDir, name));
    else writeFileSync(join(options.outDir, name), text);
  }
  return drifted;
}

/** The names of the generated files that differ from what the schemas would give now; empty when all is in step. */
export function checkGenerated(options: GenerateOptions): readonly string[] {
  const files = emit(readSchemas(options.schemasDir));
  const present = existsSync(options.outDir) ? readdirSync(options.outDir).filter((name) => name.endsWith('.ts')) : [];
  const changed = [...files].filter(
    ([name, text]) => !present.includes(name) || readFileSync(join(options.outDir, name), 'utf8') !== text,
  );
  return [...changed.map(([name]) => name), ...present.filter((name) => !files.has(name))].sort();
}
