import * as fc from 'fast-check';
import { Decimal } from '../../src/index.ts';

/** A schema with an arbitrary of the data that fits it. */
export interface SchemaSample {
  readonly schema: unknown;
  readonly value: fc.Arbitrary<unknown>;
}

const wellFormed = fc.string({ unit: 'binary', maxLength: 12 });
const bytes = (constraints: fc.IntArrayConstraints) => fc.uint8Array(constraints).map((array) => new Uint8Array(array));

const leaves: readonly SchemaSample[] = [
  { schema: 'boolean', value: fc.boolean() },
  { schema: 'int', value: fc.integer() },
  { schema: 'long', value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { schema: 'float', value: fc.float() },
  { schema: 'double', value: fc.double() },
  { schema: 'string', value: wellFormed },
  { schema: 'bytes', value: bytes({ maxLength: 20 }) },
  { schema: { type: 'string', logicalType: 'uuid' }, value: fc.uuid() },
  {
    schema: { type: 'long', logicalType: 'timestamp-millis' },
    value: fc.date({
      min: new Date('0000-01-01T00:00:00.000Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    }),
  },
];

/** A decimal schema and every decimal that fits it exactly. */
const decimalSample = fc.integer({ min: 1, max: 40 }).chain((precision) =>
  fc.integer({ min: 0, max: precision }).map((scale): SchemaSample => {
    const limit = 10n ** BigInt(precision) - 1n;
    return {
      schema: { type: 'bytes', logicalType: 'decimal', precision, scale },
      value: fc.bigInt({ min: -limit, max: limit }).map((unscaled) => new Decimal(`${unscaled}e-${scale}`)),
    };
  }),
);

let names = 0;
const nextName = (prefix: string) => `${prefix}${++names}`;

const leaf: fc.Arbitrary<SchemaSample> = fc.oneof(
  fc.constantFrom(...leaves),
  decimalSample,
  fc.integer({ min: 0, max: 20 }).map((size) => ({
    schema: { type: 'fixed', name: nextName('Fixed'), size },
    value: bytes({ minLength: size, maxLength: size }),
  })),
  fc.constant(undefined).map(() => ({
    schema: { type: 'enum', name: nextName('Enum'), symbols: ['A', 'B', 'C'] },
    value: fc.constantFrom('A', 'B', 'C'),
  })),
);

const mapKey = wellFormed.filter((key) => key !== '__proto__');

const anySample: fc.Arbitrary<SchemaSample> = fc.letrec<{ any: SchemaSample; record: SchemaSample }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    tie('any').map(({ schema, value }) => ({
      schema: { type: 'array', items: schema },
      value: fc.array(value, { maxLength: 4 }),
    })),
    tie('any').map(({ schema, value }) => ({
      schema: { type: 'map', values: schema },
      value: fc.dictionary(mapKey, value, { maxKeys: 4, noNullPrototype: true }),
    })),
    leaf.map(({ schema, value }) => ({ schema: ['null', schema], value: fc.option(value) })),
    tie('record'),
  ),
  record: fc.array(tie('any'), { maxLength: 4 }).map(recordOf),
})).any;

function recordOf(fields: readonly SchemaSample[]): SchemaSample {
  return {
    schema: {
      type: 'record',
      name: nextName('Record'),
      fields: fields.map(({ schema }, i) => ({ name: `f${i}`, type: schema })),
    },
    value: fc.record(Object.fromEntries(fields.map(({ value }, i) => [`f${i}`, value])), { noNullPrototype: true }),
  };
}

/** A contract's schema, which is a record, with data that fits it. */
export const schemaWithValue: fc.Arbitrary<{ schema: string; value: unknown }> = fc
  .array(anySample, { maxLength: 6 })
  .map(recordOf)
  .chain(({ schema, value }) => value.map((one) => ({ schema: JSON.stringify(schema), value: one })));

/** A schema alone. */
export const anySchema: fc.Arbitrary<string> = fc
  .array(anySample, { maxLength: 6 })
  .map(recordOf)
  .map(({ schema }) => JSON.stringify(schema));
