import { describe, expect, it } from 'vitest';
import { avroCodec, checkCompatibility, DecodingError, Decimal } from '../../src/index.ts';

const schemaOf = (fields: readonly object[], name = 'Sample') =>
  JSON.stringify({ type: 'record', name, namespace: 'test.v1', fields });

const codecOf = (fields: readonly object[]) => avroCodec<unknown>({ name: 'test.v1.Sample', schema: schemaOf(fields) });

const decimal = (precision: number, scale: number) => ({ type: 'bytes', logicalType: 'decimal', precision, scale });
const timestamp = { type: 'long', logicalType: 'timestamp-millis' };
const status = (symbols: readonly string[]) => ({ type: 'enum', name: 'Status', symbols });

describe('reading what another version wrote', () => {
  it('fills in defaults, and passes over fields that the reader does not have', () => {
    const old = [
      { name: 'id', type: 'string' },
      { name: 'dropped', type: { type: 'array', items: { type: 'map', values: timestamp } }, default: [] },
      { name: 'total', type: decimal(12, 2) },
    ];
    const evolved = [
      { name: 'note', type: ['null', 'string'], default: null },
      { name: 'count', type: 'long', default: 7 },
      { name: 'total', type: decimal(14, 2) },
      { name: 'id', type: 'string' },
    ];
    const writer = codecOf(old);
    const body = writer.encode({ id: 'a', dropped: [{ x: new Date(5) }], total: new Decimal('1.50') });
    const data = codecOf(evolved).decode(body, schemaOf(old)) as { total: Decimal };
    expect(data).toEqual({ id: 'a', note: null, count: 7n, total: new Decimal('1.5') });
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  });

  it('widens an int into a long', () => {
    const body = codecOf([{ name: 'n', type: 'int' }]).encode({ n: -5 });
    const reader = codecOf([{ name: 'n', type: 'long' }]);
    expect(reader.decode(body, schemaOf([{ name: 'n', type: 'int' }]))).toEqual({ n: -5n });
  });

  it('gives a default its own copy for each event', () => {
    const reader = codecOf([{ name: 'tags', type: { type: 'array', items: 'string' }, default: [] }]);
    const first = reader.decode(new Uint8Array(0), schemaOf([])) as { tags: string[] };
    first.tags.push('x');
    expect(reader.decode(new Uint8Array(0), schemaOf([]))).toEqual({ tags: [] });
  });

  it('checks the body against the writer’s schema, not the reader’s', () => {
    const nulls = schemaOf([{ name: 'gone', type: { type: 'array', items: 'null' } }]);
    const reader = codecOf([]);
    expect(() => reader.decode(Buffer.from('feffffff0f00', 'hex'), nulls)).toThrow('gone: more items than the limit');
  });

  it.each<[string, object[], object[], string]>([
    ['a field without a default', [], [{ name: 'a', type: 'int' }], 'a: not in what was written'],
    [
      'another scale',
      [{ name: 'a', type: decimal(12, 2) }],
      [{ name: 'a', type: decimal(12, 3) }],
      'a: decimal(12, 2) cannot be read as decimal(12, 3)',
    ],
    [
      'raw bytes as a decimal',
      [{ name: 'a', type: 'bytes' }],
      [{ name: 'a', type: decimal(12, 2) }],
      'a: bytes cannot be read as decimal(12, 2)',
    ],
    [
      'a long as a time',
      [{ name: 'a', type: 'long' }],
      [{ name: 'a', type: timestamp }],
      'a: long cannot be read as timestamp',
    ],
    [
      'a text as a uuid',
      [{ name: 'a', type: 'string' }],
      [{ name: 'a', type: { type: 'string', logicalType: 'uuid' } }],
      'a: string cannot be read as uuid',
    ],
  ])('refuses %s with a DecodingError that says why', (_what, writer, reader, problem) => {
    const decode = () => codecOf(reader).decode(new Uint8Array(0), schemaOf(writer));
    expect(decode).toThrow(DecodingError);
    expect(decode).toThrow(problem);
  });

  it('reads a logical type that does not fit as the type below it, as Avro says', () => {
    const odd = { type: 'bytes', logicalType: 'decimal', precision: 2, scale: 3 };
    const writer = schemaOf([
      { name: 'a', type: odd },
      { name: 'b', type: { type: 'int', logicalType: 'uuid' } },
    ]);
    const reader = codecOf([
      { name: 'a', type: 'bytes' },
      { name: 'b', type: 'int' },
    ]);
    expect(reader.decode(Buffer.from('02ff04', 'hex'), writer)).toEqual({ a: new Uint8Array([255]), b: 2 });
  });

  it('refuses a writer’s schema that is none', () => {
    for (const schema of ['{', '"unknown"', '{"type":"record"}', 'null', '[]', '{"type":"array"}']) {
      expect(() => codecOf([]).decode(new Uint8Array(0), schema)).toThrow(DecodingError);
    }
  });

  it('goes on reading when more writers than it remembers take turns', () => {
    const reader = codecOf([{ name: 'id', type: 'string' }]);
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 100; i++) {
        const fields = [
          { name: 'id', type: 'string' },
          { name: `extra${i}`, type: 'int' },
        ];
        const body = codecOf(fields).encode({ id: `id-${i}`, [`extra${i}`]: i });
        expect(reader.decode(body, schemaOf(fields))).toEqual({ id: `id-${i}` });
      }
    }
  });
});

describe('compatibility', () => {
  const base = [
    { name: 'id', type: 'string' },
    { name: 'status', type: status(['A', 'B']) },
  ];
  const [id, statusField] = base;
  if (id === undefined || statusField === undefined) throw new Error('the base has two fields');

  it('allows a field with a default to come, and to go', () => {
    const more = schemaOf([...base, { name: 'note', type: ['null', 'string'], default: null }]);
    expect(checkCompatibility([schemaOf(base)], more)).toEqual([]);
    expect(checkCompatibility([more], schemaOf(base))).toEqual([]);
  });

  it('allows docs and marks to change', () => {
    expect(
      checkCompatibility([schemaOf(base)], schemaOf([{ ...id, doc: 'new', 'waybill.personal': true }, statusField])),
    ).toEqual([]);
  });

  it.each<[string, readonly object[], 'backward' | 'forward', string]>([
    [
      'a new field without a default',
      [...base, { name: 'note', type: 'string' }],
      'backward',
      'note: not in what was written',
    ],
    ['a field that goes and had no default', [statusField], 'forward', 'id: not in what was written'],
    ['a renamed field', [{ ...id, name: 'key' }, statusField], 'backward', 'key: not in what was written'],
    ['another type', [{ ...id, type: 'int' }, statusField], 'backward', 'id: string cannot be read as int'],
    [
      'a field that becomes nullable',
      [{ ...id, type: ['null', 'string'] }, statusField],
      'forward',
      'id: null is written, and string has no place for it',
    ],
    [
      'a new symbol',
      [id, { ...statusField, type: status(['A', 'B', 'C']) }],
      'forward',
      'status: the symbols C are written',
    ],
    [
      'a symbol that goes',
      [id, { ...statusField, type: status(['A']) }],
      'backward',
      'status: the symbols B are written',
    ],
  ])('refuses %s', (_what, fields, direction, message) => {
    const problems = checkCompatibility([schemaOf(base)], schemaOf(fields));
    expect(problems).toContainEqual({ previous: 0, direction, message: expect.stringContaining(message) as string });
  });

  it.each<[string, unknown, unknown]>([
    ['int and long', 'int', 'long'],
    ['string and bytes', 'string', 'bytes'],
    ['two scales', decimal(12, 2), decimal(12, 3)],
    ['two precisions', decimal(12, 2), decimal(14, 2)],
    ['a long and a time', 'long', timestamp],
    ['bytes and a decimal', 'bytes', decimal(12, 2)],
    ['two sizes', { type: 'fixed', name: 'F', size: 2 }, { type: 'fixed', name: 'F', size: 3 }],
  ])('refuses to change between %s, either way', (_what, one, other) => {
    const [a, b] = [schemaOf([{ name: 'a', type: one }]), schemaOf([{ name: 'a', type: other }])];
    expect(checkCompatibility([a], b)).not.toEqual([]);
    expect(checkCompatibility([b], a)).not.toEqual([]);
  });

  it('looks at all earlier versions, not only the last', () => {
    const first = schemaOf([{ name: 'a', type: 'int', default: 0 }]);
    const second = schemaOf([]);
    const third = schemaOf([{ name: 'a', type: 'string', default: '' }]);
    expect(checkCompatibility([second], third)).toEqual([]);
    expect(checkCompatibility([first, second], third).map((problem) => problem.previous)).toEqual([0, 0]);
  });

  it('refuses another name', () => {
    expect(checkCompatibility([schemaOf([])], schemaOf([], 'Other'))).not.toEqual([]);
  });
});
