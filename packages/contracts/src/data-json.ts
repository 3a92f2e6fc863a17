import { Decimal } from 'decimal.js';
import { InvalidSchemaError } from './errors.ts';
import { parseSchema } from './schema/parse-schema.ts';
import type { SchemaNode } from './schema/schema-node.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A contract's data as JSON that loses nothing, for people and for examples: decimals and longs as text, times as
 * RFC 3339 in UTC, bytes as base64. Fields come in the schema's order.
 */
export function dataToJson(contract: { readonly schema: string }, data: unknown): Json {
  return toJson(parseSchema(contract.schema), data);
}

/**
 * Reads what {@link dataToJson} wrote. It converts and does not validate: what does not fit is passed on as it is,
 * for the codec to name when it is encoded.
 */
export function dataFromJson(contract: { readonly schema: string }, json: unknown): unknown {
  return fromJson(parseSchema(contract.schema), json);
}

function toJson(node: SchemaNode, value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Decimal.isDecimal(value)) return node.kind === 'decimal' ? value.toFixed(node.scale) : value.toFixed();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) {
    const items = node.kind === 'array' ? node.items : present(node);
    return value.map((item: unknown) => toJson(items, item));
  }
  if (typeof value === 'object') return objectToJson(node, value as Readonly<Record<string, unknown>>);
  throw new InvalidSchemaError('data', `a ${typeof value} has no place in a schema`);
}

function objectToJson(node: SchemaNode, value: Readonly<Record<string, unknown>>): Json {
  const inner = present(node);
  if (inner.kind === 'record') {
    return Object.fromEntries(inner.fields.map((field) => [field.name, toJson(field.node, value[field.name])]));
  }
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, one]) => [key, toJson(inner.kind === 'map' ? inner.values : inner, one)]),
  );
}

function fromJson(node: SchemaNode, json: unknown): unknown {
  const inner = present(node);
  if (json === null) return null;
  switch (inner.kind) {
    case 'decimal':
      return typeof json === 'string' && /^-?\d+(\.\d+)?$/.test(json) ? new Decimal(json) : json;
    case 'long':
      return typeof json === 'string' && /^-?\d+$/.test(json) ? BigInt(json) : json;
    case 'timestamp':
      return typeof json === 'string' ? new Date(json) : json;
    case 'bytes':
    case 'fixed':
      return typeof json === 'string' ? new Uint8Array(Buffer.from(json, 'base64')) : json;
    case 'array':
      return Array.isArray(json) ? json.map((item: unknown) => fromJson(inner.items, item)) : json;
    case 'map':
      return mapObject(json, () => inner.values);
    case 'record': {
      const fields = new Map(inner.fields.map((field) => [field.name, field.node]));
      return mapObject(json, (name) => fields.get(name));
    }
    default:
      return json;
  }
}

function mapObject(json: unknown, nodeOf: (name: string) => SchemaNode | undefined): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, one]: [string, unknown]) => {
      const node = nodeOf(name);
      return [name, node === undefined ? one : fromJson(node, one)];
    }),
  );
}

/** The one branch of a nullable union that is not null; any other node as it is. */
function present(node: SchemaNode): SchemaNode {
  if (node.kind !== 'union') return node;
  const others = node.branches.filter((branch) => branch.kind !== 'null');
  return others.length === 1 ? (others[0] ?? node) : node;
}
