import { InvalidSchemaError } from '../errors.ts';
import type { DecimalNode, FieldNode, PrimitiveNode, SchemaNode } from './schema-node.ts';

const primitives = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads an Avro schema (JSON text) into nodes. A logical type that is unknown or does not fit its type falls back to
 * the type itself, as Avro 1.12 says ("Logical Types").
 * @throws {InvalidSchemaError} when it is not a schema.
 */
export function parseSchema(text: string): SchemaNode {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InvalidSchemaError('schema', 'not JSON');
  }
  return new SchemaReader().read(json, '', 'schema');
}

class SchemaReader {
  readonly #named = new Map<string, SchemaNode>();

  read(json: unknown, namespace: string, where: string): SchemaNode {
    if (typeof json === 'string') return this.#reference(json, namespace, where);
    if (Array.isArray(json)) {
      return { kind: 'union', branches: json.map((branch, i) => this.read(branch, namespace, `${where}[${i}]`)) };
    }
    if (!isObject(json)) throw new InvalidSchemaError(where, 'expected a schema');
    const type = json['type'];
    if (typeof type !== 'string') return this.read(type, namespace, where);
    if (primitives.has(type)) return primitive(type as PrimitiveNode['kind'], json);
    switch (type) {
      case 'record':
      case 'error':
        return this.#record(json, namespace, where);
      case 'enum': {
        const name = fullName(json, namespace, where);
        return this.#define(
          name,
          {
            kind: 'enum',
            name,
            doc: text(json['doc']),
            symbols: symbols(json, where),
            hasDefault: json['default'] !== undefined,
          },
          where,
        );
      }
      case 'fixed': {
        const name = fullName(json, namespace, where);
        const size = json['size'];
        if (!isCount(size)) throw new InvalidSchemaError(where, 'a fixed needs a size');
        return this.#define(name, { kind: 'fixed', name, size }, where);
      }
      case 'array':
        return { kind: 'array', items: this.read(json['items'], namespace, `${where}[]`) };
      case 'map':
        return { kind: 'map', values: this.read(json['values'], namespace, `${where}{}`) };
      default:
        return this.#reference(type, namespace, where);
    }
  }

  #reference(name: string, namespace: string, where: string): SchemaNode {
    if (primitives.has(name)) return { kind: name as PrimitiveNode['kind'] };
    const known = this.#named.get(qualified(name, namespace)) ?? this.#named.get(name);
    if (known === undefined) throw new InvalidSchemaError(where, `no type is named ${name} here`);
    return known;
  }

  #record(json: Json, namespace: string, where: string): SchemaNode {
    const name = fullName(json, namespace, where);
    const fields: FieldNode[] = [];
    // Defined before its fields are read, so that they can refer to it.
    const node = this.#define(name, { kind: 'record', name, doc: text(json['doc']), fields }, where);
    const list = json['fields'];
    if (!Array.isArray(list)) throw new InvalidSchemaError(where, 'a record needs fields');
    const inner = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
    const taken = new Set<string>();
    for (const field of list as readonly unknown[]) {
      if (!isObject(field)) throw new InvalidSchemaError(where, 'a field must be an object');
      const fieldName = text(field['name']) ?? '';
      // avsc sets fields by assignment, which for this one would swap the object's prototype.
      if (fieldName === '__proto__') throw new InvalidSchemaError(where, 'a field must not be named __proto__');
      if (!/^[A-Za-z_]\w*$/.test(fieldName)) throw new InvalidSchemaError(where, 'a field has no valid name');
      if (taken.has(fieldName)) throw new InvalidSchemaError(where, `two fields are named ${fieldName}`);
      taken.add(fieldName);
      fields.push({
        name: fieldName,
        doc: text(field['doc']),
        personal: field['waybill.personal'] === true,
        hasDefault: field['default'] !== undefined,
        node: this.read(field['type'], inner, `${where}.${fieldName}`),
      });
    }
    return node;
  }

  #define(name: string, node: SchemaNode, where: string): SchemaNode {
    if (this.#named.has(name)) throw new InvalidSchemaError(where, `the name ${name} is taken`);
    this.#named.set(name, node);
    return node;
  }
}

function primitive(type: PrimitiveNode['kind'], json: Json): SchemaNode {
  const brand = text(json['waybill.brand']);
  const logical = json['logicalType'];
  const decimal = type === 'bytes' && logical === 'decimal' ? decimalOf(json) : undefined;
  if (decimal !== undefined) return decimal;
  if (type === 'long' && logical === 'timestamp-millis') return { kind: 'timestamp' };
  if (type === 'string' && logical === 'uuid') return { kind: 'uuid', ...(brand === undefined ? {} : { brand }) };
  return { kind: type, ...(brand === undefined || type !== 'string' ? {} : { brand }) };
}

/** The decimal that a schema of bytes with that logical type means, or undefined when its attributes are wrong. */
export function decimalOf(json: Json): DecimalNode | undefined {
  const { precision, scale = 0 } = json;
  if (!isCount(precision) || !isCount(scale) || precision === 0 || scale > precision) return undefined;
  return { kind: 'decimal', precision, scale };
}

function symbols(json: Json, where: string): readonly string[] {
  const list = json['symbols'];
  if (!Array.isArray(list) || list.length === 0 || !list.every((symbol) => typeof symbol === 'string')) {
    throw new InvalidSchemaError(where, 'an enum needs symbols');
  }
  return list;
}

function fullName(json: Json, namespace: string, where: string): string {
  const name = text(json['name']) ?? '';
  const full = qualified(name, text(json['namespace']) ?? namespace);
  if (!/^([A-Za-z_]\w*\.)*[A-Za-z_]\w*$/.test(full))
    throw new InvalidSchemaError(where, 'a named type needs a valid name');
  return full;
}

function qualified(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
