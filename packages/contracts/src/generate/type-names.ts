import { InvalidSchemaError } from '../errors.ts';
import { contractName } from '../contract-name.ts';
import type { EnumNode, FixedNode, RecordNode, SchemaNode } from '../schema/schema-node.ts';
import type { SchemaFile } from './read-schemas.ts';

/** `OrderPlacedV2`; a snapshot says so: `OrderSnapshotV1`. */
export function constantName(schema: SchemaFile): string {
  return `${schema.parts.shortName}${schema.kind === 'snapshot' ? 'Snapshot' : ''}V${schema.parts.major}`;
}

export function dataName(schema: SchemaFile): string {
  return `${constantName(schema)}Data`;
}

/** The type of a record or enum inside contracts: `orders.v2.OrderLine` is `OrderLineV2`. */
export function nestedName(node: RecordNode | EnumNode | FixedNode): string {
  const { shortName, major } = contractName(node.name);
  return `${shortName}V${major}`;
}

/** `OrderId` is made by `orderId`. */
export function brandConstructor(brand: string): string {
  return `${brand.slice(0, 1).toLowerCase()}${brand.slice(1)}`;
}

/**
 * A schema as TypeScript.
 * @throws {InvalidSchemaError} for a union other than of null and one type: its branches could not be told apart.
 */
export function typeOf(node: SchemaNode): string {
  switch (node.kind) {
    case 'null':
    case 'boolean':
      return node.kind;
    case 'int':
    case 'float':
    case 'double':
      return 'number';
    case 'long':
      return 'bigint';
    case 'bytes':
    case 'fixed':
      return 'Uint8Array';
    case 'string':
    case 'uuid':
      return node.brand ?? 'string';
    case 'decimal':
      return 'Decimal';
    case 'timestamp':
      return 'Date';
    case 'enum':
    case 'record':
      return nestedName(node);
    case 'array':
      return `readonly ${parenthesised(typeOf(node.items))}[]`;
    case 'map':
      return `Readonly<Record<string, ${typeOf(node.values)}>>`;
    case 'union': {
      const others = node.branches.filter((branch) => branch.kind !== 'null');
      const [only] = others;
      if (others.length !== 1 || only === undefined || node.branches.length !== 2) {
        throw new InvalidSchemaError('union', 'only a union of null and one other type is supported');
      }
      return `${typeOf(only)} | null`;
    }
  }
}

function parenthesised(type: string): string {
  return type.includes(' ') ? `(${type})` : type;
}

/** What a schema is made of: the records and enums inside it, and the brands of its ids. */
export interface Parts {
  readonly records: Map<string, RecordNode>;
  readonly enums: Map<string, EnumNode>;
  readonly brands: Set<string>;
  /** What must be imported: `Decimal`. */
  readonly usesDecimal: boolean;
}

export function partsOf(root: RecordNode): Parts {
  const records = new Map<string, RecordNode>();
  const enums = new Map<string, EnumNode>();
  const brands = new Set<string>();
  let usesDecimal = false;
  walk(root);
  records.delete(root.name);
  return { records, enums, brands, usesDecimal };

  function walk(node: SchemaNode): void {
    switch (node.kind) {
      case 'string':
      case 'uuid':
        if (node.brand !== undefined) brands.add(node.brand);
        return;
      case 'decimal':
        usesDecimal = true;
        return;
      case 'enum':
        enums.set(node.name, node);
        return;
      case 'array':
        return walk(node.items);
      case 'map':
        return walk(node.values);
      case 'union':
        return node.branches.forEach(walk);
      case 'record':
        if (records.has(node.name)) return;
        records.set(node.name, node);
        return node.fields.forEach((field) => walk(field.node));
      default:
        return;
    }
  }
}
