import type { AnyContract } from '@waybill/contracts';

/** The way to a field from an event's data: names, with `[]` for each item of a list and `{}` for each value of a map. */
export type FieldPath = readonly string[];

/** Ids of one event, at most: whoever lists hundreds is not found by each of them. */
const mostIds = 20;
/** No longer id can be asked for. */
const longestId = 255;

/** Names of what is beside an event's data: a field with one of them tells of another event, and of no business. */
const ofEnvelopes: ReadonlySet<string> = new Set(['eventId', 'aggregateId', 'correlationId', 'causationId', 'traceId']);

type Schema = string | readonly Schema[] | { readonly [name: string]: unknown };

/**
 * Where a contract's data has business ids: the text fields whose names end in `Id` or `_id`, also within records, lists
 * and maps. Never a field that is personal data, nor one within it, nor one that has the id of another event.
 */
export function businessIdPaths(contract: Pick<AnyContract, 'schema' | 'personal'>): readonly FieldPath[] {
  const named = new Map<string, Schema>();
  const personal = new Set(contract.personal);
  const paths: FieldPath[] = [];
  walk(JSON.parse(contract.schema) as Schema, [], []);
  return paths;

  function walk(schema: Schema, path: FieldPath, within: readonly Schema[]): void {
    if (typeof schema === 'string') {
      if (schema === 'string' && isIdName(path.findLast((name) => name !== '[]' && name !== '{}'))) paths.push(path);
      const known = named.get(schema);
      if (known !== undefined) walk(known, path, within);
      return;
    }
    if (isUnion(schema)) {
      // Of more than one kind of value the data says which in a way of its own; such a field is no id.
      const [only, ...others] = schema.filter((branch) => branch !== 'null');
      if (only !== undefined && others.length === 0) walk(only, path, within);
      return;
    }
    const { type, name, namespace } = schema;
    if (typeof name === 'string') {
      named.set(name, schema);
      if (typeof namespace === 'string') named.set(`${namespace}.${name}`, schema);
    }
    if (type === 'array') return walk(schema['items'] as Schema, [...path, '[]'], within);
    if (type === 'map') return walk(schema['values'] as Schema, [...path, '{}'], within);
    if (type !== 'record') return type === 'enum' || type === 'fixed' ? undefined : walk(type as Schema, path, within);
    if (within.includes(schema)) return;
    for (const field of schema['fields'] as readonly Record<string, unknown>[]) {
      const next = [...path, String(field['name'])];
      if (field['waybill.personal'] === true || personal.has(written(next))) continue;
      walk(field['type'] as Schema, next, [...within, schema]);
    }
  }
}

function isUnion(schema: Schema): schema is readonly Schema[] {
  return Array.isArray(schema);
}

function isIdName(name: string | undefined): boolean {
  return name !== undefined && /(?:Id|_id)$/.test(name) && !ofEnvelopes.has(name);
}

/** As a contract writes the paths of its personal fields: `lines[].note`. */
function written(path: FieldPath): string {
  return path.join('.').replaceAll('.[]', '[]').replaceAll('.{}', '{}');
}

/**
 * The business ids that an event's data holds at these paths, each once. Left out are the ids that nobody can ask for
 * (empty ones, ones with more than 255 characters or with a NUL, which PostgreSQL does not take), and the id of the
 * event's own entity, by which it is found anyway.
 */
export function businessIdsOf(paths: readonly FieldPath[], data: unknown, entity: string): readonly string[] {
  const ids = new Set(paths.flatMap((path) => [...valuesAt(data, path)]));
  ids.delete(entity);
  return [...ids].filter((id) => id !== '' && id.length <= longestId && !id.includes('\0')).slice(0, mostIds);
}

function* valuesAt(value: unknown, path: FieldPath): Generator<string> {
  const [name, ...rest] = path;
  if (name === undefined) {
    if (typeof value === 'string') yield value;
  } else if (typeof value === 'object' && value !== null) {
    const inner = name === '[]' || name === '{}' ? Object.values(value) : [(value as Record<string, unknown>)[name]];
    for (const each of inner) yield* valuesAt(each, rest);
  }
}
