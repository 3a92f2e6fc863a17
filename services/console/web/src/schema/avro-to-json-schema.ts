import { fieldLabel } from '../words/names.ts';
import type { JsonSchema } from './json-schema.ts';

type Avro = string | readonly Avro[] | AvroObject;
interface AvroObject {
  readonly type: Avro;
  readonly name?: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields?: readonly AvroField[];
  readonly items?: Avro;
  readonly values?: Avro;
  readonly symbols?: readonly string[];
  readonly size?: number;
  readonly logicalType?: string;
  readonly precision?: number;
  readonly scale?: number;
}
interface AvroField {
  readonly name: string;
  readonly type: Avro;
  readonly doc?: string;
  readonly default?: unknown;
}

/**
 * The JSON Schema of an event's data as it is shown and edited: decimals and longs as text, times as RFC 3339, bytes
 * as base64. Named types are definitions, so that a recursive schema ends.
 *
 * @param text An Avro schema, JSON text.
 * @throws {SyntaxError} when it is not JSON.
 */
export function avroToJsonSchema(text: string): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const root = convert(JSON.parse(text) as Avro, '', definitions);
  const name = root.$ref?.slice(definitionPrefix.length);
  const top = name === undefined ? root : (definitions[name] ?? root);
  return Object.keys(definitions).length === 0 ? top : { ...top, $defs: definitions };
}

const definitionPrefix = '#/$defs/';

function convert(avro: Avro, namespace: string, definitions: Record<string, JsonSchema>): JsonSchema {
  if (typeof avro === 'string') return primitives[avro] ?? reference(fullName(avro, namespace));
  if (isUnion(avro)) return union(avro, namespace, definitions);
  if (avro.logicalType !== undefined) {
    const logical = logicalOf(avro);
    if (logical !== undefined) return logical;
  }
  switch (avro.type) {
    case 'record':
    case 'error':
      return record(avro, namespace, definitions);
    case 'enum':
      return { type: 'string', enum: avro.symbols ?? [], 'x-says': `one of ${(avro.symbols ?? []).join(', ')}` };
    case 'array':
      return { type: 'array', items: convert(avro.items ?? 'null', namespace, definitions), 'x-says': 'a list' };
    case 'map': {
      const values = convert(avro.values ?? 'null', namespace, definitions);
      return { type: 'object', additionalProperties: values, 'x-says': 'names with their values' };
    }
    case 'fixed':
      return { type: 'string', pattern: base64, 'x-says': `${avro.size ?? 0} bytes as base64` };
    default:
      return convert(avro.type, namespace, definitions);
  }
}

function record(avro: AvroObject, outer: string, definitions: Record<string, JsonSchema>): JsonSchema {
  const name = fullName(avro.name ?? '', avro.namespace ?? outer);
  const namespace = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
  definitions[name] = {};
  const fields = avro.fields ?? [];
  const properties = fields.map((field) => [field.name, fieldSchema(field, namespace, definitions)] as const);
  definitions[name] = {
    type: 'object',
    title: name.slice(name.lastIndexOf('.') + 1),
    ...(avro.doc === undefined ? {} : { description: avro.doc }),
    properties: Object.fromEntries(properties),
    required: fields.filter((field) => field.default === undefined).map((field) => field.name),
    additionalProperties: false,
    'x-says': 'an object',
  };
  return reference(name);
}

function fieldSchema(field: AvroField, namespace: string, definitions: Record<string, JsonSchema>): JsonSchema {
  return {
    ...convert(field.type, namespace, definitions),
    title: fieldLabel(field.name),
    ...(field.doc === undefined ? {} : { description: field.doc }),
    ...(field.default === undefined ? {} : { default: field.default }),
  };
}

/** A union of null and one scalar stays one input that may be empty; any other union is a choice. */
function union(branches: readonly Avro[], namespace: string, definitions: Record<string, JsonSchema>): JsonSchema {
  const others = branches
    .filter((branch) => branch !== 'null')
    .map((branch) => convert(branch, namespace, definitions));
  const isNullable = others.length < branches.length;
  const [only] = others;
  if (others.length === 1 && only !== undefined) {
    if (!isNullable) return only;
    if (typeof only.type === 'string' && only.type !== 'object' && only.type !== 'array') {
      const choices = only.enum === undefined ? {} : { enum: [...only.enum, null] };
      return { ...only, ...choices, type: [only.type, 'null'], 'x-says': `${only['x-says'] ?? only.type}, or nothing` };
    }
  }
  const nothing: readonly JsonSchema[] = isNullable ? [{ type: 'null', title: 'nothing', 'x-says': 'nothing' }] : [];
  return { anyOf: [...others, ...nothing], 'x-says': 'one of its forms' };
}

function logicalOf(avro: AvroObject): JsonSchema | undefined {
  switch (avro.logicalType) {
    case 'decimal':
      return decimal(avro.precision ?? 0, avro.scale ?? 0);
    case 'timestamp-millis':
      return {
        type: 'string',
        pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$`,
        'x-says': 'a time with its zone, like 2026-03-14T09:26:53.589Z',
      };
    case 'uuid':
      return { type: 'string', pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', 'x-says': 'a UUID' };
    default:
      return undefined;
  }
}

function decimal(precision: number, scale: number): JsonSchema {
  const whole = Math.max(1, precision - scale);
  const fraction = scale === 0 ? '' : String.raw`(\.\d{1,${scale}})?`;
  return {
    type: 'string',
    pattern: String.raw`^-?\d{1,${whole}}${fraction}$`,
    'x-says': `a decimal of at most ${whole} digits before the point and ${scale} after it, like ${scale === 0 ? '29' : `29.${'3'.repeat(scale)}`}`,
  };
}

const base64 = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';

const primitives: Readonly<Record<string, JsonSchema>> = {
  null: { type: 'null', 'x-says': 'nothing' },
  boolean: { type: 'boolean', 'x-says': 'true or false' },
  int: {
    type: 'integer',
    minimum: -2_147_483_648,
    maximum: 2_147_483_647,
    'x-says': 'a whole number of 32 bits (int)',
  },
  long: { type: 'string', pattern: String.raw`^-?\d{1,19}$`, 'x-says': 'a whole number of 64 bits (long)' },
  float: { type: 'number', 'x-says': 'a number (float)' },
  double: { type: 'number', 'x-says': 'a number (double)' },
  bytes: { type: 'string', pattern: base64, 'x-says': 'bytes as base64' },
  string: { type: 'string', 'x-says': 'text' },
};

function reference(name: string): JsonSchema {
  return { $ref: `${definitionPrefix}${name}` };
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

function isUnion(avro: Avro): avro is readonly Avro[] {
  return Array.isArray(avro);
}
