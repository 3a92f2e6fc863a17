import avro from 'avsc';
import type { ForSchemaOptions, Schema, Type } from 'avsc';
import { Decimal } from 'decimal.js';
import { decimalOf } from '../schema/parse-schema.ts';
import type { DecimalNode } from '../schema/schema-node.ts';
import { decimalFromBytes, decimalProblem, decimalToBytes } from './decimal.ts';

/**
 * How the types of a codec differ from avsc's own: exact decimals, `Date`s, longs as bigint, bytes as a copy and not
 * a view (which would keep the whole fetched batch alive), and records without methods or prototype.
 * @throws what avsc throws on a wrong schema.
 */
export function avroType(schema: string): Type {
  const type = avro.Type.forSchema(JSON.parse(schema) as Schema, {
    logicalTypes: { decimal: DecimalType, 'timestamp-millis': TimestampType, uuid: UuidType },
    // A nullable field is `T | null`. Unions that cannot be told apart by their values (which only foreign writers
    // have: the generator refuses them) are wrapped.
    wrapUnions: 'auto',
    omitRecordMethods: true,
    typeHook,
  });
  makeRecordsPlain(type, new Set());
  return type;
}

const plain = Symbol('avsc is to make its own type of this');

function typeHook(schema: Schema, options: ForSchemaOptions): Type | undefined {
  const definition = (typeof schema === 'string' ? { type: schema } : schema) as Readonly<
    Record<string | symbol, unknown>
  >;
  if (typeof definition !== 'object' || definition === null || plain in definition) return undefined;
  const { type, logicalType } = definition;
  if (type === 'long' && logicalType !== 'timestamp-millis') return bigLong;
  const isDecimal = type === 'bytes' && logicalType === 'decimal' && decimalOf(definition) !== undefined;
  if (type === 'fixed' || (type === 'bytes' && !isDecimal)) {
    return new BinaryType({ ...definition, [plain]: true } as unknown as Schema, options);
  }
  return undefined;
}

const bigLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: (value: number | bigint) => BigInt(value),
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

const unchanged = <T>(value: T): T => value;

class DecimalType extends avro.types.LogicalType {
  readonly #node: DecimalNode;

  constructor(schema: Schema, options?: unknown) {
    super(schema, options);
    const node = decimalOf(schema as unknown as Readonly<Record<string, unknown>>);
    if (node === undefined || !avro.Type.isType(this.underlyingType, 'bytes')) throw new Error('not a decimal');
    this.#node = node;
  }

  protected override _fromValue(bytes: Buffer): Decimal {
    return decimalFromBytes(bytes, this.#node);
  }

  protected override _toValue(value: unknown): Buffer | undefined {
    if (!Decimal.isDecimal(value) || decimalProblem(value, this.#node) !== undefined) return undefined;
    return decimalToBytes(value, this.#node);
  }

  /** Another scale would change every amount, and a smaller precision would not hold them (Avro 1.12, "Decimal"). */
  protected override _resolve(writer: Type): typeof unchanged | undefined {
    if (!(writer instanceof DecimalType)) return undefined;
    const { precision, scale } = writer.#node;
    return scale === this.#node.scale && precision <= this.#node.precision ? unchanged : undefined;
  }
}

/** The years that RFC 3339 can write. avsc's own longs, which are fast, are exact far beyond them, but not to 2^53. */
export function isTimestamp(millis: number): boolean {
  return millis >= -62_167_219_200_000 && millis <= 253_402_300_799_999;
}

/** Bytes of the longest varint of such a time. */
export const maxTimestampBytes = 7;

export const timestampRange = 'a time before the year 0 or after 9999';

class TimestampType extends avro.types.LogicalType {
  constructor(schema: Schema, options?: unknown) {
    super(schema, options);
    if (!avro.Type.isType(this.underlyingType, 'long')) throw new Error('a timestamp must be a long');
  }

  protected override _fromValue(millis: number): Date {
    if (!isTimestamp(millis)) throw new RangeError(timestampRange);
    return new Date(millis);
  }

  protected override _toValue(value: unknown): number | undefined {
    if (!(value instanceof Date)) return undefined;
    const millis = value.getTime();
    return isTimestamp(millis) ? millis : undefined;
  }

  protected override _resolve(writer: Type): typeof unchanged | undefined {
    return writer instanceof TimestampType ? unchanged : undefined;
  }
}

/** RFC 9562's text form, in either case. */
export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

class UuidType extends avro.types.LogicalType {
  constructor(schema: Schema, options?: unknown) {
    super(schema, options);
    if (!avro.Type.isType(this.underlyingType, 'string')) throw new Error('a uuid must be a string');
  }

  protected override _fromValue(text: string): string {
    if (!uuidPattern.test(text)) throw new RangeError('not a UUID');
    return text;
  }

  protected override _toValue(value: unknown): string | undefined {
    return typeof value === 'string' && uuidPattern.test(value) ? value : undefined;
  }

  protected override _resolve(writer: Type): typeof unchanged | undefined {
    return writer instanceof UuidType ? unchanged : undefined;
  }
}

class BinaryType extends avro.types.LogicalType {
  protected override _fromValue(bytes: Buffer): Uint8Array {
    return new Uint8Array(bytes);
  }

  protected override _toValue(value: unknown): Buffer | undefined {
    if (!(value instanceof Uint8Array)) return undefined;
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }

  protected override _resolve(writer: Type): typeof unchanged | undefined {
    if (!(writer instanceof BinaryType)) return undefined;
    try {
      this.underlyingType.createResolver(writer.underlyingType);
      return unchanged;
    } catch {
      return undefined;
    }
  }
}

/** Decoded records become plain objects: equal to literals, and safe to clone and to compare. */
function makeRecordsPlain(type: Type, seen: Set<Type>): void {
  if (seen.has(type)) return;
  seen.add(type);
  if (type instanceof avro.types.RecordType) {
    (type.recordConstructor as { prototype: object }).prototype = Object.prototype;
    for (const field of type.fields) makeRecordsPlain(field.type, seen);
  } else if (type instanceof avro.types.ArrayType) {
    makeRecordsPlain(type.itemsType, seen);
  } else if (type instanceof avro.types.MapType) {
    makeRecordsPlain(type.valuesType as Type, seen);
  } else if (type instanceof avro.types.UnwrappedUnionType || type instanceof avro.types.WrappedUnionType) {
    for (const branch of type.types) makeRecordsPlain(branch, seen);
  }
}
