import { describe, expect, it } from 'vitest';
import { avroCodec, Decimal, EncodingError } from '../../src/index.ts';

const schema = JSON.stringify({
  type: 'record',
  name: 'OrderPlaced',
  namespace: 'orders.v2',
  fields: [
    { name: 'email', type: 'string' },
    {
      name: 'lines',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Line',
          fields: [
            { name: 'quantity', type: 'int' },
            { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 5, scale: 2 } },
          ],
        },
      },
    },
    { name: 'placedAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['OPEN', 'CLOSED'] } },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'labels', type: { type: 'map', values: 'long' } },
    { name: 'id', type: { type: 'string', logicalType: 'uuid' } },
  ],
});

const line = { quantity: 1, amount: new Decimal('1.50') };
const good = {
  email: 'someone@example.org',
  lines: [line, line],
  placedAt: new Date(0),
  status: 'OPEN',
  note: null,
  labels: { a: 1n },
  id: '018f4b1e-0000-7000-8000-000000000000',
};

const codec = avroCodec<unknown>({ name: 'orders.v2.OrderPlaced', schema });

function errorOf(data: unknown): EncodingError {
  try {
    codec.encode(data);
  } catch (error) {
    if (error instanceof EncodingError) return error;
    throw error;
  }
  throw new Error('it was encoded');
}

describe('encoding', () => {
  it('takes data that fits', () => {
    expect(codec.decode(codec.encode(good))).toEqual(good);
  });

  it.each<[string, unknown, string, string]>([
    [
      'a wrong type deep inside',
      { ...good, lines: [line, { ...line, quantity: '1' }] },
      'lines[1].quantity',
      'expected int, got string',
    ],
    [
      'a fraction for an int',
      { ...good, lines: [{ ...line, quantity: 1.5 }] },
      'lines[0].quantity',
      'no 32-bit integer',
    ],
    [
      'an int too large',
      { ...good, lines: [{ ...line, quantity: 2 ** 31 }] },
      'lines[0].quantity',
      'no 32-bit integer',
    ],
    [
      'NaN for an int',
      { ...good, lines: [{ ...line, quantity: Number.NaN }] },
      'lines[0].quantity',
      'no 32-bit integer',
    ],
    ['null for a record', { ...good, lines: [null] }, 'lines[0]', 'expected record, got null'],
    ['an array for a record', { ...good, lines: [[]] }, 'lines[0]', 'expected record, got array'],
    ['a hole in an array', { ...good, lines: [undefined] }, 'lines[0]', 'missing'],
    ['an object for an array', { ...good, lines: {} }, 'lines', 'expected array, got object'],
    [
      'a decimal with too many places',
      { ...good, lines: [{ ...line, amount: new Decimal('1.005') }] },
      'lines[0].amount',
      'at most 2 digits after the point, got 3',
    ],
    [
      'a decimal that is too large',
      { ...good, lines: [{ ...line, amount: new Decimal('1000') }] },
      'lines[0].amount',
      'at most 3 digits before the point, got 4',
    ],
    [
      'a huge decimal',
      { ...good, lines: [{ ...line, amount: new Decimal('1e900000000') }] },
      'lines[0].amount',
      'at most 3 digits before the point',
    ],
    [
      'a number for a decimal',
      { ...good, lines: [{ ...line, amount: 1.5 }] },
      'lines[0].amount',
      'expected Decimal, got number',
    ],
    [
      'a decimal that is not finite',
      { ...good, lines: [{ ...line, amount: new Decimal('Infinity') }] },
      'lines[0].amount',
      'finite',
    ],
    ['a number for a time', { ...good, placedAt: 0 }, 'placedAt', 'expected Date, got number'],
    ['an invalid time', { ...good, placedAt: new Date(Number.NaN) }, 'placedAt', 'invalid'],
    [
      'a symbol that is not there',
      { ...good, status: 'SECRET' },
      'status',
      'expected a symbol of Status, got another text',
    ],
    ['a wrong type for null or string', { ...good, note: 7 }, 'note', 'expected null or string, got number'],
    ['a missing field', { ...good, email: undefined }, 'email', 'missing'],
    ['a missing field with a default', { ...good, note: undefined }, 'note', 'missing'],
    ['an undeclared field', { ...good, secret: 'x' }, 'secret', 'not declared'],
    ['an undeclared field deep inside', { ...good, lines: [{ ...line, extra: 1 }] }, 'lines[0].extra', 'not declared'],
    ['an undeclared field that is undefined', { ...good, extra: undefined }, 'extra', 'not declared'],
    ['an own __proto__', JSON.parse('{"__proto__":{"x":1}}'), 'email', 'missing'],
    [
      'a map with the key __proto__',
      { ...good, labels: JSON.parse('{"__proto__":1}') as unknown },
      'labels[key]',
      '__proto__',
    ],
    ['a number for a long', { ...good, labels: { a: 1 } }, 'labels[key]', 'expected long as bigint, got number'],
    ['a bigint beyond 64 bits', { ...good, labels: { a: 2n ** 63n } }, 'labels[key]', 'beyond 64 bits'],
    ['a text that is no uuid', { ...good, id: 'secret' }, 'id', 'expected uuid'],
    ['a lone surrogate', { ...good, email: '\ud800' }, 'email', 'lone surrogate'],
    ['no data', undefined, '', 'expected record, got undefined'],
  ])('names the path for %s', (_what, data, path, problem) => {
    const error = errorOf(data);
    expect(error).toMatchObject({ code: 'contracts.encoding', contract: 'orders.v2.OrderPlaced', path });
    expect(error.message).toContain(problem);
  });

  it('names an own __proto__ among fields that fit', () => {
    const data = Object.assign(JSON.parse('{"__proto__":"x"}') as object, {});
    const own = Object.defineProperty({ ...good }, '__proto__', { value: data, enumerable: true });
    expect(errorOf(own).path).toBe('__proto__');
  });

  it('never says what a value was, nor a map’s key', () => {
    for (const data of [
      { ...good, email: ['4711-secret'] },
      { ...good, status: '4711-secret' },
      { ...good, id: '4711-secret' },
      { ...good, labels: { '4711-secret': 'x' } },
      { ...good, lines: [{ ...line, amount: new Decimal('4711.5') }] },
    ]) {
      const error = errorOf(data);
      expect(`${error.message} ${error.path} ${error.stack}`).not.toContain('4711');
      expect(error.cause).toBeUndefined();
    }
  });

  it('refuses a body above the limit, and data too deep', () => {
    expect(errorOf({ ...good, email: 'x'.repeat(1_000_000) }).message).toContain('at most 1000000 are allowed');
    const list = avroCodec<unknown>({
      name: 'test.v1.List',
      schema: JSON.stringify({ type: 'record', name: 'List', fields: [{ name: 'next', type: ['null', 'List'] }] }),
    });
    let deep: unknown = { next: null };
    for (let i = 0; i < 64; i++) deep = { next: deep };
    expect(() => list.encode(deep)).toThrow('nested deeper than 64 levels');
    const ring: { next: unknown } = { next: null };
    ring.next = ring;
    expect(() => list.encode(ring)).toThrow('nested deeper than 64 levels');
  });

  it('refuses what it would refuse to read: more items without bytes than the limit', () => {
    const nulls = avroCodec<unknown>({
      name: 'test.v1.Nulls',
      schema: JSON.stringify({
        type: 'record',
        name: 'Nulls',
        fields: [{ name: 'all', type: { type: 'array', items: 'null' } }],
      }),
    });
    const some = { all: Array.from({ length: 1000 }, () => null) };
    expect(nulls.decode(nulls.encode(some))).toEqual(some);
    expect(() => nulls.encode({ all: Array.from({ length: 1100 }, () => null) })).toThrow('items that take no bytes');
  });
});
