import type { JsonSchema } from './json-schema.ts';

/** A value that does not fit its schema. */
export interface Misfit {
  /** Names and indexes from the top. */
  readonly path: readonly (string | number)[];
  /** What the schema asks for, in its words. */
  readonly message: string;
}

/**
 * What of the data does not fit, by path. It reads the schema and compiles nothing, since the page's policy lets no
 * code be made at run time.
 *
 * @param root Where references are looked up.
 * @param skips Whether the value at a path is left alone, as a masked one is.
 */
export function misfits(
  schema: JsonSchema,
  data: unknown,
  root: JsonSchema = schema,
  skips: (path: readonly (string | number)[]) => boolean = () => false,
): readonly Misfit[] {
  return check(schema, data, []);

  function check(given: JsonSchema, value: unknown, path: Misfit['path']): readonly Misfit[] {
    if (skips(path)) return [];
    const own = resolved(given, root);
    if (own.anyOf !== undefined) return choice(own, value, path);
    if (!typeFits(own.type, value)) return [misfit(own, value, path)];
    if (value === null) return [];
    if (Array.isArray(value)) {
      const { items } = own;
      return items === undefined ? [] : value.flatMap((item: unknown, index) => check(items, item, [...path, index]));
    }
    if (typeof value === 'object') return members(own, value as Readonly<Record<string, unknown>>, path);
    return scalarFits(own, value) ? [] : [misfit(own, value, path)];
  }

  function choice(own: JsonSchema, value: unknown, path: Misfit['path']): readonly Misfit[] {
    const tries = (own.anyOf ?? []).map((branch) => check(branch, value, path));
    if (tries.length === 0 || tries.some((found) => found.length === 0)) return [];
    return tries.toSorted((a, b) => depth(b) - depth(a))[0] ?? [];
  }

  function members(own: JsonSchema, value: Readonly<Record<string, unknown>>, path: Misfit['path']): readonly Misfit[] {
    const { properties = {}, required = [], additionalProperties = true } = own;
    const missing = required
      .filter((name) => value[name] === undefined && !skips([...path, name]))
      .map((name) => misfit(resolved(properties[name] ?? {}, root), undefined, [...path, name]));
    const wrong = Object.entries(value).flatMap(([name, member]) => {
      if (member === undefined) return [];
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (known !== undefined) return check(known, member, [...path, name]);
      if (typeof additionalProperties === 'object') return check(additionalProperties, member, [...path, name]);
      return additionalProperties ? [] : [{ path: [...path, name], message: 'is not a field of this event' }];
    });
    return [...missing, ...wrong];
  }
}

/** The schema that a reference stands for, with what the place of the reference says of its own. */
export function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...rest } = schema;
  const target = root.$defs?.[$ref.slice('#/$defs/'.length)];
  return target === undefined ? rest : { ...resolved(target, root), ...rest };
}

function misfit(schema: JsonSchema, value: unknown, path: Misfit['path']): Misfit {
  const must = `must be ${schema['x-says'] ?? String(schema.type ?? 'something else')}`;
  return { path, message: value === undefined ? `is missing; it ${must}` : must };
}

function typeFits(type: JsonSchema['type'], value: unknown): boolean {
  if (type === undefined) return true;
  const types: readonly string[] = typeof type === 'string' ? [type] : type;
  return types.some((one) => isOfType(one, value));
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function scalarFits(schema: JsonSchema, value: unknown): boolean {
  if (schema.enum !== undefined && !schema.enum.includes(value as string)) return false;
  if (typeof value === 'string') return schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(value);
  if (typeof value !== 'number') return true;
  return value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
}

/** How far down the first misfit lies: the branch that fits furthest is the one that was meant. */
function depth(found: readonly Misfit[]): number {
  return Math.max(0, ...found.map(({ path }) => path.length));
}
