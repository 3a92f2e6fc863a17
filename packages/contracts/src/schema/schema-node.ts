/** An Avro schema with its references resolved: named types are shared objects, so a recursive schema is a cycle. */
export type SchemaNode =
  | PrimitiveNode
  | DecimalNode
  | TimestampNode
  | UuidNode
  | FixedNode
  | EnumNode
  | ArrayNode
  | MapNode
  | UnionNode
  | RecordNode;

export interface PrimitiveNode {
  readonly kind: 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';
  /** The mark `waybill.brand` of a string. */
  readonly brand?: string;
}

/** An exact decimal in `bytes`: at most `precision` digits, `scale` of them after the point. */
export interface DecimalNode {
  readonly kind: 'decimal';
  readonly precision: number;
  readonly scale: number;
}

/** A `long` of milliseconds since 1970 in UTC. */
export interface TimestampNode {
  readonly kind: 'timestamp';
}

/** A `string` with a UUID. */
export interface UuidNode {
  readonly kind: 'uuid';
  readonly brand?: string;
}

export interface FixedNode {
  readonly kind: 'fixed';
  readonly name: string;
  readonly size: number;
}

export interface EnumNode {
  readonly kind: 'enum';
  readonly name: string;
  readonly doc: string | undefined;
  readonly symbols: readonly string[];
  readonly hasDefault: boolean;
}

export interface ArrayNode {
  readonly kind: 'array';
  readonly items: SchemaNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly values: SchemaNode;
}

export interface UnionNode {
  readonly kind: 'union';
  readonly branches: readonly SchemaNode[];
}

export interface FieldNode {
  readonly name: string;
  readonly doc: string | undefined;
  /** The mark `waybill.personal`. */
  readonly personal: boolean;
  readonly hasDefault: boolean;
  readonly node: SchemaNode;
}

export interface RecordNode {
  readonly kind: 'record';
  readonly name: string;
  readonly doc: string | undefined;
  readonly fields: readonly FieldNode[];
}
