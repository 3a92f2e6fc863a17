import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { avroToJsonSchema } from '#web/schema/avro-to-json-schema.ts';
import { completed } from '#web/schema/completed.ts';
import { dataDiff, hasChanges, withContext } from '#web/schema/data-diff.ts';
import { misfits, resolved } from '#web/schema/validation.ts';

const schemas = new URL('../../../../../schemas/', import.meta.url);
const orderPlaced = readFileSync(new URL('orders/OrderPlaced.v2.avsc', schemas), 'utf8');
const example = JSON.parse(readFileSync(new URL('orders/examples/OrderPlaced.v2.ordinary.json', schemas), 'utf8')) as {
  readonly data: Readonly<Record<string, unknown>>;
};
const schema = avroToJsonSchema(orderPlaced);
const of = (type: unknown) =>
  avroToJsonSchema(JSON.stringify({ type: 'record', name: 'x.T', fields: [{ name: 'f', type }] }));
const wrong = (type: unknown, value: unknown) => misfits(of(type), { f: value }).map(({ message }) => message);

describe('the schema of a form', () => {
  it('takes what the events look like', () => {
    expect(misfits(schema, example.data)).toEqual([]);
  });

  it('has a label and the doc of each field', () => {
    expect(schema.properties?.['placedAt']).toMatchObject({
      title: 'Placed at',
      description: 'When the order was accepted.',
      type: 'string',
    });
    expect(schema.required).not.toContain('reference');
  });

  it.each([
    ['int', 2_147_483_648, 'must be a whole number of 32 bits (int)'],
    ['int', 1.5, 'must be a whole number of 32 bits (int)'],
    ['long', '12345678901234567890', 'must be a whole number of 64 bits (long)'],
    ['boolean', 'yes', 'must be true or false'],
    ['string', 4, 'must be text'],
    [
      { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 },
      '123.45',
      'must be a decimal of at most 2 digits before the point and 2 after it, like 29.33',
    ],
    [
      { type: 'long', logicalType: 'timestamp-millis' },
      'today',
      'must be a time with its zone, like 2026-03-14T09:26:53.589Z',
    ],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'C', 'must be one of A, B'],
    [['null', 'string'], 5, 'must be text, or nothing'],
    [{ type: 'string', logicalType: 'uuid' }, 'x', 'must be a UUID'],
  ])('says in its words why %j does not take %j', (type, value, message) => {
    expect(wrong(type, value)).toEqual([message]);
  });

  it.each([
    ['long', '9007199254740993'],
    [['null', 'string'], null],
    [{ type: 'map', values: 'int' }, { a: 1 }],
    [['null', { type: 'array', items: 'string' }], ['a']],
    [{ type: 'fixed', name: 'F', size: 2 }, 'AAE='],
    [['int', 'string'], 'text'],
  ])('takes for %j the value %j', (type, value) => {
    expect(wrong(type, value)).toEqual([]);
  });

  it('names the path of what is missing, wrong or unknown', () => {
    const { currency: _, ...rest } = example.data;
    const paths = misfits(schema, { ...rest, extra: 1, lines: [{ sku: 'a', quantity: 'x', amount: '1.00' }] }).map(
      ({ path }) => path.join('.'),
    );
    expect(paths).toEqual(['currency', 'lines.0.quantity', 'extra']);
  });

  it('leaves masked values alone', () => {
    const isEmail = (path: readonly (string | number)[]) => path.join('.') === 'email';
    expect(misfits(schema, { ...example.data, email: 7 }, schema, isEmail)).toEqual([]);
  });

  it('ends for a schema that contains itself', () => {
    const tree = {
      type: 'record',
      name: 'x.Tree',
      fields: [{ name: 'children', type: { type: 'array', items: 'Tree' } }],
    };
    const converted = avroToJsonSchema(JSON.stringify(tree));
    expect(misfits(converted, { children: [{ children: [] }] })).toEqual([]);
    expect(misfits(converted, { children: [{ children: 1 }] })).toHaveLength(1);
  });

  it('resolves a reference with the label of the place where it is used', () => {
    expect(resolved({ $ref: '#/$defs/orders.v2.OrderLine', title: 'Line' }, schema)).toMatchObject({
      title: 'Line',
      type: 'object',
    });
  });
});

describe('data of a form', () => {
  it('gets back what an emptied input took out', () => {
    const { reference: _, currency: __, ...rest } = example.data;
    expect(completed(schema, rest)).toMatchObject({ reference: null, currency: '' });
  });
});

describe('a diff', () => {
  it('shows what changed, and not the order of keys', () => {
    expect(hasChanges(dataDiff({ a: 1, b: 2 }, { b: 2, a: 1 }))).toBe(false);
    expect(dataDiff({ a: 1, b: 2 }, { a: 1, b: 3 }).filter(({ change }) => change !== 'same')).toEqual([
      { change: 'removed', text: '  "b": 2' },
      { change: 'added', text: '  "b": 3' },
    ]);
  });

  it('keeps what is around a change and says where it left out', () => {
    const long = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, index]));
    const lines = withContext(dataDiff(long, { ...long, k10: 'x' }), 1);
    expect(lines[0]).toBe('gap');
    expect(lines.at(-1)).toBe('gap');
    expect(lines).toHaveLength(6);
  });
});
