import type { JsonSchema } from './json-schema.ts';
import { resolved } from './validation.ts';

/** The data with what an emptied input took out of it: nothing where the schema allows nothing, an empty text else. */
export function completed(schema: JsonSchema, data: unknown, root: JsonSchema = schema): unknown {
  const own = resolved(schema, root);
  if (Array.isArray(data)) return data.map((item: unknown) => completed(own.items ?? {}, item, root));
  if (typeof data !== 'object' || data === null) return data;
  const { properties } = own;
  if (properties === undefined) return data;
  const given = data as Readonly<Record<string, unknown>>;
  const names = [...new Set([...Object.keys(properties), ...Object.keys(given)])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const field = resolved(properties[name] ?? {}, root);
      const value = given[name];
      if (value !== undefined) return [[name, completed(field, value, root)] as const];
      const empty = emptyOf(field, root);
      return empty === undefined ? [] : [[name, empty] as const];
    }),
  );
}

function emptyOf(schema: JsonSchema, root: JsonSchema): null | '' | undefined {
  if (schema.type === 'null' || Array.isArray(schema.type)) return null;
  if ((schema.anyOf ?? []).some((branch) => resolved(branch, root).type === 'null')) return null;
  return schema.type === 'string' ? '' : undefined;
}
