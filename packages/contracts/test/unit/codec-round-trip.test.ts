import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avroCodec, type Contract, dataFromJson, dataToJson, Decimal, defineContract } from '../../src/index.ts';
import { schemaWithValue } from './arbitrary-schema.ts';

const codecOf = (schema: unknown) =>
  avroCodec<unknown>({ name: 'test.v1.Sample', schema: typeof schema === 'string' ? schema : JSON.stringify(schema) });

const recordOf = (type: unknown) => ({ type: 'record', name: 'Sample', fields: [{ name: 'value', type }] });

describe('the codec', () => {
  it('gives back whatever it encoded, for any schema', () => {
    fc.assert(
      fc.property(schemaWithValue, ({ schema, value }) => {
        const codec = codecOf(schema);
        const body = codec.encode(value);
        expect(codec.decode(body)).toEqual(value);
        // The same bytes again, so that nothing was lost on the way which `toEqual` does not see.
        expect(Buffer.from(codec.encode(codec.decode(body)))).toEqual(Buffer.from(body));
      }),
      { numRuns: 300 },
    );
  });

  it('gives back data that went through JSON', () => {
    fc.assert(
      fc.property(
        schemaWithValue.filter(({ value }) => !hasUnwritableNumber(value)),
        ({ schema, value }) => {
          const json: unknown = JSON.parse(JSON.stringify(dataToJson({ schema }, value)));
          const codec = codecOf(schema);
          expect(Buffer.from(codec.encode(dataFromJson({ schema }, json)))).toEqual(Buffer.from(codec.encode(value)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('decodes records into plain objects, and bytes into their own memory', () => {
    const codec = codecOf(recordOf('bytes'));
    const body = codec.encode({ value: new Uint8Array([1, 2, 3]) });
    const data = codec.decode(body) as { value: Uint8Array };
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    body.fill(0);
    expect([...data.value]).toEqual([1, 2, 3]);
  });

  it('keeps longs beyond 2^53 and decimals of forty digits exact', () => {
    const long = codecOf(recordOf('long'));
    for (const value of [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n]) {
      expect(long.decode(long.encode({ value }))).toEqual({ value });
    }
    const decimal = codecOf(recordOf({ type: 'bytes', logicalType: 'decimal', precision: 40, scale: 20 }));
    const value = new Decimal('-99999999999999999999.99999999999999999999');
    expect((decimal.decode(decimal.encode({ value })) as { value: Decimal }).value.toFixed()).toBe(value.toFixed());
  });

  it('does not depend on how the process has set up Decimal', () => {
    const codec = codecOf(recordOf({ type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 }));
    const before = Decimal.precision;
    Decimal.set({ precision: 3 });
    try {
      const data = codec.decode(codec.encode({ value: new Decimal('9999999999.99') })) as { value: Decimal };
      expect(data.value.toFixed()).toBe('9999999999.99');
    } finally {
      Decimal.set({ precision: before });
    }
  });

  it('writes decimals as Avro has them: two’s complement, big-endian, as short as can be', () => {
    const codec = codecOf(recordOf({ type: 'bytes', logicalType: 'decimal', precision: 20, scale: 2 }));
    const hexOf = (text: string) => Buffer.from(codec.encode({ value: new Decimal(text) })).toString('hex');
    expect(hexOf('0')).toBe('0200');
    expect(hexOf('-0')).toBe('0200');
    expect(hexOf('1.27')).toBe('027f');
    expect(hexOf('1.28')).toBe('040080');
    expect(hexOf('-1.28')).toBe('0280');
    expect(hexOf('-1.29')).toBe('04ff7f');
    expect(hexOf('1407374883553.27')).toBe('0c7fffffffffff');
    expect(hexOf('1407374883553.28')).toBe('0e00800000000000');
    expect(hexOf('-1407374883553.28')).toBe('0c800000000000');
  });

  it('reads decimals with sign bytes to spare, as other writers may send them', () => {
    const codec = codecOf(recordOf({ type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 }));
    const read = (hex: string) => (codec.decode(Buffer.from(hex, 'hex')) as { value: Decimal }).value.toFixed();
    expect(read('0800000080')).toBe('1.28');
    expect(read('14ffffffffffffffffff80')).toBe('-1.28');
    expect(read('1400000000000000000080')).toBe('1.28');
  });

  it('takes a recursive schema', () => {
    const codec = codecOf({
      type: 'record',
      name: 'Tree',
      fields: [
        { name: 'label', type: 'string' },
        { name: 'children', type: { type: 'array', items: 'Tree' } },
      ],
    });
    const tree = { label: 'a', children: [{ label: 'b', children: [] }] };
    expect(codec.decode(codec.encode(tree))).toEqual(tree);
  });

  it('is typed by its contract', () => {
    const contract: Contract<{ readonly value: bigint | null }, 'test.v1.Typed'> = defineContract({
      name: 'test.v1.Typed',
      kind: 'event',
      aggregateType: 'test.thing',
      topic: 'test.thing',
      personal: [],
      schema: JSON.stringify({
        type: 'record',
        name: 'Typed',
        namespace: 'test.v1',
        fields: [{ name: 'value', type: ['null', 'long'] }],
      }),
    });
    expect(contract).toMatchObject({ event: 'test.Typed', major: 1 });
    expect(contract.codec.decode(contract.codec.encode({ value: 5n }))).toEqual({ value: 5n });
    // @ts-expect-error -- a number is not a long
    expect(() => contract.codec.encode({ value: 5 })).toThrow('value: expected null or long as bigint, got number');
  });
});

function hasUnwritableNumber(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value) || Object.is(value, -0);
  if (typeof value !== 'object' || value === null || value instanceof Date || Decimal.isDecimal(value)) return false;
  return Object.values(value).some(hasUnwritableNumber);
}
