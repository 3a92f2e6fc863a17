import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCompatibility } from '../compatibility.ts';
import { InvalidSchemaError } from '../errors.ts';
import { readSchemas, type SchemaFile } from './read-schemas.ts';

/** What keeps the schemas from being released as they are. */
export interface ReleaseProblem {
  /** The contract's full name. */
  readonly contract: string;
  readonly message: string;
}

/**
 * Compares every schema with all its released versions, `released/<full name>/001.avsc` and on, which are copies of
 * what was registered: a change must be compatible with all of them, and what was released must stay.
 */
export function checkReleased(schemasDir: string): readonly ReleaseProblem[] {
  const released = readReleased(schemasDir);
  const current = new Map(allSchemas(schemasDir).map((schema) => [schema.name, schema.schema]));
  const gone = [...released.keys()]
    .filter((name) => !current.has(name))
    .map((contract) => ({
      contract,
      message: 'it was released, so events of it may be replayed: its schema must stay',
    }));
  const incompatible = [...current].flatMap(([contract, schema]) => {
    const versions = released.get(contract) ?? [];
    return checkCompatibility(versions, schema).map(({ previous, direction, message }) => ({
      contract,
      message: `not ${direction} compatible with released version ${previous + 1}: ${message}; make it a new major`,
    }));
  });
  return [...gone, ...incompatible];
}

/** The contracts whose schema differs from its last released version, or was never released. */
export function unreleased(schemasDir: string): readonly string[] {
  const released = readReleased(schemasDir);
  return allSchemas(schemasDir)
    .filter((schema) => released.get(schema.name)?.at(-1) !== schema.schema)
    .map((schema) => schema.name);
}

/**
 * Copies every schema that changed to its released versions. Answers the names of the contracts.
 * @throws {InvalidSchemaError} when a change is not compatible; nothing is then released.
 */
export function releaseSchemas(schemasDir: string): readonly string[] {
  const [problem] = checkReleased(schemasDir);
  if (problem !== undefined) throw new InvalidSchemaError(problem.contract, problem.message);
  const names = new Set(unreleased(schemasDir));
  const released = readReleased(schemasDir);
  for (const { name, file } of allSchemas(schemasDir)) {
    if (!names.has(name)) continue;
    const folder = join(schemasDir, 'released', name);
    mkdirSync(folder, { recursive: true });
    const version = String((released.get(name)?.length ?? 0) + 1).padStart(3, '0');
    copyFileSync(join(schemasDir, file), join(folder, `${version}.avsc`));
  }
  return [...names];
}

function allSchemas(schemasDir: string): readonly SchemaFile[] {
  return readSchemas(schemasDir).flatMap(({ schemas }) => schemas);
}

/** Released schemas by contract, oldest first, without insignificant white space. */
function readReleased(schemasDir: string): ReadonlyMap<string, readonly string[]> {
  const root = join(schemasDir, 'released');
  if (!existsSync(root)) return new Map();
  return new Map(
    readdirSync(root)
      .sort()
      .map((name) => {
        const files = readdirSync(join(root, name))
          .filter((file) => file.endsWith('.avsc'))
          .sort();
        return [name, files.map((file) => JSON.stringify(JSON.parse(readFileSync(join(root, name, file), 'utf8'))))];
      }),
  );
}
