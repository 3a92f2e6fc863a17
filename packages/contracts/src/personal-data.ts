import type { Json } from './data-json.ts';
import { parseSchema } from './schema/parse-schema.ts';
import { personalPaths } from './schema/personal-paths.ts';

/** What stands in the place of a personal value for whoever may not see it. */
export const maskedValue = '••••';

/**
 * The paths of the fields that a schema (Avro JSON text) marks as personal data: `email`, `lines[].note`.
 * @throws {InvalidSchemaError} when it is no schema, or not a record's.
 */
export function personalPathsOf(schema: string): readonly string[] {
  const node = parseSchema(schema);
  return node.kind === 'record' ? personalPaths(node) : [];
}

/** The data with its personal values masked; a value that is null or absent stays so, since that says nothing. */
export function maskPersonal(data: Json, paths: readonly string[]): Json {
  return paths.reduce((masked, path) => replaceAt(masked, path.split('.'), () => maskedValue), data);
}

/** Data that somebody edited while it was masked, with the values that they could not see put back where they were. */
export function unmaskPersonal(edited: Json, original: Json, paths: readonly string[]): Json {
  return paths.reduce((data, path) => {
    const values = [...valuesAt(original, path.split('.'))];
    let next = 0;
    return replaceAt(data, path.split('.'), (value) => {
      const before = values[next];
      next += 1;
      return value === maskedValue && before !== undefined ? before : value;
    });
  }, edited);
}

/** The values at a path: `lines[].note` has one for each line, `contacts{}.phone` one for each contact. */
export function* valuesAt(value: unknown, [step, ...rest]: readonly string[]): Generator<Json> {
  if (value === null || value === undefined) return;
  if (step === undefined) yield value as Json;
  else if (typeof value === 'object') for (const child of childrenAt(value, step)) yield* valuesAt(child, rest);
}

function childrenAt(value: object, step: string): readonly unknown[] {
  const child: unknown = Reflect.get(value, nameOf(step));
  if (step.endsWith('[]')) return Array.isArray(child) ? child : [];
  if (step.endsWith('{}')) return typeof child === 'object' && child !== null ? Object.values(child) : [];
  return [child];
}

function replaceAt(value: Json, [step, ...rest]: readonly string[], by: (value: Json) => Json): Json {
  if (value === null || value === undefined) return value;
  if (step === undefined) return by(value);
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const name = nameOf(step);
  const record = value as Readonly<Record<string, Json>>;
  const child = record[name];
  if (child === undefined) return value;
  const within = (one: Json) => replaceAt(one, rest, by);
  if (step.endsWith('[]') && Array.isArray(child)) return { ...record, [name]: child.map(within) };
  if (step.endsWith('{}') && typeof child === 'object' && child !== null) {
    return { ...record, [name]: Object.fromEntries(Object.entries(child).map(([key, one]) => [key, within(one)])) };
  }
  return { ...record, [name]: within(child) };
}

function nameOf(step: string): string {
  return step.replace(/(?:\[\]|\{\})$/, '');
}
