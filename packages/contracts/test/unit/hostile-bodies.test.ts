import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avroCodec, DecodingError } from '../../src/index.ts';
import { anySchema, schemaWithValue } from './arbitrary-schema.ts';

const codecOf = (type: unknown) =>
  avroCodec<{ value: unknown }>({
    name: 'test.v1.Sample',
    schema: JSON.stringify({ type: 'record', name: 'Sample', fields: [{ name: 'value', type }] }),
  });

const decode = (type: unknown, hex: string) => codecOf(type).decode(Buffer.from(hex, 'hex'));

/** Runs `work`, and fails when it takes more processor time than any bounded decoding could. */
function quickly<T>(work: () => T): T {
  const start = process.cpuUsage();
  try {
    return work();
  } finally {
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000, 'milliseconds of processor time').toBeLessThan(1_000);
  }
}

describe('decoding hostile bodies', () => {
  it.each<[string, unknown, string, string]>([
    [
      'two thousand million nulls in five bytes',
      { type: 'array', items: 'null' },
      'feffffff0f00',
      'value: more items than the limit',
    ],
    [
      'the same in a block with a size',
      { type: 'array', items: 'null' },
      'ffffffff0f0000',
      'value: more items than the limit',
    ],
    [
      'as many empty records',
      { type: 'array', items: { type: 'record', name: 'Empty', fields: [] } },
      'feffffff0f00',
      'more items than the limit',
    ],
    [
      'as many empty fixed',
      { type: 'array', items: { type: 'fixed', name: 'Empty', size: 0 } },
      'feffffff0f00',
      'more items than the limit',
    ],
    ['more ints than bytes', { type: 'array', items: 'int' }, 'feffffff0f00', 'items announced, 1 bytes left'],
    ['more map entries than bytes', { type: 'map', values: 'null' }, 'feffffff0f00', 'items announced, 1 bytes left'],
    ['a string longer than the body', 'string', 'feffffff0f', 'bytes announced, 0 left'],
    ['bytes longer than the body', 'bytes', '0a01', '5 bytes announced, 1 left'],
    ['a negative length', 'string', '01', 'a negative length'],
    [
      'a fixed longer than the body',
      { type: 'fixed', name: 'Large', size: 1_000_000_000 },
      '00',
      'bytes announced, 1 left',
    ],
    ['an endless varint', 'long', 'ffffffffffffffffffff01', 'beyond 64 bits'],
    ['a long of 65 bits', 'long', 'ffffffffffffffffff02', 'beyond 64 bits'],
    ['an int of 33 bits', 'int', 'ffffffff1f', 'beyond 32 bits'],
    ['a truncated varint', 'long', '80', 'truncated'],
    ['an empty body', 'int', '', 'truncated'],
    ['bytes too many', 'int', '0200', '1 bytes too many'],
    ['a boolean of 2', 'boolean', '02', 'neither 0 nor 1'],
    ['an unknown symbol', { type: 'enum', name: 'E', symbols: ['A'] }, '02', 'symbol that the enum does not have'],
    ['a negative symbol', { type: 'enum', name: 'E', symbols: ['A'] }, '01', 'symbol that the enum does not have'],
    ['an unknown branch', ['null', 'int'], '04', 'branch that the union does not have'],
    ['a string that is not UTF-8', 'string', '04c328', 'not UTF-8'],
    ['a map with the key __proto__', { type: 'map', values: 'int' }, '02125f5f70726f746f5f5f0200', 'the key __proto__'],
    [
      'the same with its length written long',
      { type: 'map', values: 'int' },
      '0292005f5f70726f746f5f5f0200',
      'the key __proto__',
    ],
    ['a block that lies about its size', { type: 'array', items: 'int' }, '0104020000', 'not of its size'],
    [
      'a decimal without bytes',
      { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 },
      '00',
      'a decimal without bytes',
    ],
    [
      'a decimal beyond its precision',
      { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 },
      '067fffff',
      'beyond its precision',
    ],
    ['a time that no Date can be', { type: 'long', logicalType: 'timestamp-millis' }, 'feffffffffffff1f', 'after 9999'],
    ['a time beyond 2^53', { type: 'long', logicalType: 'timestamp-millis' }, 'feffffffffffffffff01', 'after 9999'],
    ['a uuid that is none', { type: 'string', logicalType: 'uuid' }, '0461', 'announced'],
    ['a text for a uuid', { type: 'string', logicalType: 'uuid' }, '0261', 'not a UUID'],
  ])('refuses %s', (_what, type, hex, problem) => {
    const error = quickly(() => {
      try {
        return decode(type, hex);
      } catch (thrown) {
        return thrown;
      }
    });
    expect(error).toBeInstanceOf(DecodingError);
    expect(String(error)).toContain(problem);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it('says where in the body it went wrong', () => {
    const lines = { type: 'array', items: { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] } };
    expect(() => decode(lines, '0402610a00')).toThrow('value[1].sku: 5 bytes announced, 1 left, at byte 4');
  });

  it('refuses a body longer than a megabyte', () => {
    expect(() => codecOf('bytes').decode(new Uint8Array(1_000_001))).toThrow('1000001 bytes, and at most 1000000');
  });

  it('refuses a decimal of a megabyte without computing it', () => {
    const body = Buffer.alloc(900_003, 0x7f);
    Buffer.from([0xc0, 0xee, 0x6d]).copy(body);
    const codec = codecOf({ type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 });
    quickly(() => expect(() => codec.decode(body)).toThrow('beyond its precision'));
  });

  it('refuses what is nested too deep, before the stack runs out', () => {
    const codec = avroCodec<unknown>({
      name: 'test.v1.List',
      schema: JSON.stringify({ type: 'record', name: 'List', fields: [{ name: 'next', type: ['null', 'List'] }] }),
    });
    quickly(() => expect(() => codec.decode(Buffer.alloc(900_000, 2))).toThrow('nested deeper than 64 levels'));
  });

  it('never throws anything but a DecodingError, whatever the schema and the bytes', () => {
    fc.assert(
      fc.property(anySchema, fc.uint8Array({ maxLength: 200 }), (schema, bytes) => {
        expect(quickly(() => outcomeOf(schema, bytes))).toMatch(/decoded|refused/);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws anything but a DecodingError for a body with a few bytes changed', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(schemaWithValue, changes, fc.nat(), ({ schema, value }, flips, cut) => {
        const body = Buffer.from(avroCodec<unknown>({ name: 'test.v1.Sample', schema }).encode(value));
        for (const [at, byte] of flips) if (body.length > 0) body[at % body.length] = byte;
        expect(quickly(() => outcomeOf(schema, body))).toMatch(/decoded|refused/);
        expect(outcomeOf(schema, body.subarray(0, cut % (body.length + 1)))).toMatch(/decoded|refused/);
      }),
      { numRuns: 500 },
    );
  });
});

/** What decoding ended in: data that its own codec encodes again, or the error that was thrown. */
function outcomeOf(schema: string, bytes: Uint8Array): 'decoded' | 'refused' {
  const codec = avroCodec<unknown>({ name: 'test.v1.Sample', schema });
  let data: unknown;
  try {
    data = codec.decode(bytes);
  } catch (error) {
    if (error instanceof DecodingError) return 'refused';
    throw error;
  }
  codec.encode(data);
  return 'decoded';
}
