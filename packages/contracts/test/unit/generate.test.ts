import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkGenerated,
  checkReleased,
  generateContracts,
  releaseSchemas,
  unreleased,
} from '../../src/generate/index.ts';
import { InvalidSchemaError } from '../../src/index.ts';

let schemasDir: string;
const outDir = () => join(schemasDir, 'generated');

beforeEach(() => {
  schemasDir = mkdtempSync(join(tmpdir(), 'waybill-schemas-'));
  write('things/context.yaml', contextYaml('things'));
  write('things/ThingMade.v1.avsc', schema());
});

afterEach(() => rmSync(schemasDir, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(schemasDir, path)), { recursive: true });
  writeFileSync(join(schemasDir, path), text);
}

const generated = (name: string) => readFileSync(join(outDir(), name), 'utf8');
const generate = () => generateContracts({ schemasDir, outDir: outDir() });

function schema(changes: object = {}): string {
  return JSON.stringify({
    type: 'record',
    name: 'ThingMade',
    namespace: 'things.v1',
    doc: 'A thing was made.',
    'waybill.kind': 'event',
    'waybill.aggregate': 'things.thing',
    fields: [{ name: 'id', doc: 'Which one.', type: { type: 'string', 'waybill.brand': 'ThingId' } }],
    ...changes,
  });
}

function contextYaml(name: string, aggregate = `${name}.thing`): string {
  return [
    `context: ${name}`,
    'owner: team-things',
    'contact: things@waybill.example',
    'objectives: { timeToVisibilityMs: 500 }',
    'topics:',
    `  - { name: ${aggregate}, aggregate: ${aggregate}, carries: events, partitions: 3, cleanupPolicy: delete, retentionDays: 1 }`,
    'personalData: {}',
    '',
  ].join('\n');
}

describe('the generator', () => {
  it('writes a file for each context, the brands and the index, and is in step afterwards', () => {
    expect(generate()).toEqual(['brands.ts', 'index.ts', 'things.ts']);
    expect(checkGenerated({ schemasDir, outDir: outDir() })).toEqual([]);
    expect(generate()).toEqual([]);
    expect(generated('brands.ts')).toContain("export const thingId: (text: string) => ThingId = brand('ThingId');");
    expect(generated('index.ts')).toContain('retentionMs: 86400000');
    expect(generated('things.ts')).toContain('/** Which one. */\n  readonly id: ThingId;');
  });

  it('gives each Avro type its type in TypeScript', () => {
    const field = (name: string, type: unknown, more: object = {}) => ({ name, type, ...more });
    const line = { type: 'record', name: 'Line', fields: [field('note', 'string', { 'waybill.personal': true })] };
    write(
      'things/ThingMade.v1.avsc',
      schema({
        fields: [
          field('amount', { type: 'bytes', logicalType: 'decimal', precision: 5, scale: 2 }),
          field('at', { type: 'long', logicalType: 'timestamp-millis' }, { doc: 'Ends a comment */ and\nbreaks.' }),
          field('count', 'long'),
          field('kind', { type: 'enum', name: 'Kind', symbols: ['A', 'B'] }),
          field('lines', { type: 'array', items: line }),
          field('labels', { type: 'map', values: ['null', 'double'] }),
          field('maybe', { type: 'array', items: ['null', 'bytes'] }),
          field('other', ['null', 'Line'], { default: null }),
        ],
      }),
    );
    generate();
    const text = generated('things.ts');
    for (const expected of [
      'readonly amount: Decimal;',
      '/** Ends a comment * / and breaks. */\n  readonly at: Date;',
      'readonly count: bigint;',
      "export type KindV1 = 'A' | 'B';",
      'readonly kind: KindV1;',
      'readonly lines: readonly LineV1[];',
      'readonly labels: Readonly<Record<string, number | null>>;',
      'readonly maybe: readonly (Uint8Array | null)[];',
      'readonly other: LineV1 | null;',
      '/** Personal data. */\n  readonly note: string;',
      "personal: ['lines[].note', 'other.note'],",
    ]) {
      expect(text).toContain(expected);
    }
  });

  it('notices a generated file that was changed, one that is missing, and one too many', () => {
    generate();
    writeFileSync(join(outDir(), 'things.ts'), '// changed');
    rmSync(join(outDir(), 'brands.ts'));
    writeFileSync(join(outDir(), 'gone.ts'), '');
    expect(checkGenerated({ schemasDir, outDir: outDir() })).toEqual(['brands.ts', 'gone.ts', 'things.ts']);
    generate();
    expect(readdirSync(outDir()).sort()).toEqual(['brands.ts', 'index.ts', 'things.ts']);
  });

  it.each<[string, () => void, string]>([
    [
      'a schema in the wrong file',
      () => write('things/ThingLost.v1.avsc', schema()),
      'belongs in things/ThingMade.v1.avsc',
    ],
    ['a schema that is no JSON', () => write('things/ThingMade.v1.avsc', '{'), 'things/ThingMade.v1.avsc: not JSON'],
    [
      'a schema without a major',
      () => write('things/ThingMade.v1.avsc', schema({ namespace: 'things' })),
      '<context>.v<major>.<Name>',
    ],
    [
      'a schema without a kind',
      () => write('things/ThingMade.v1.avsc', schema({ 'waybill.kind': 'fact' })),
      '"waybill.kind"',
    ],
    [
      'an aggregate without a topic',
      () => write('things/ThingMade.v1.avsc', schema({ 'waybill.aggregate': 'x.y' })),
      '"waybill.aggregate"',
    ],
    [
      'a snapshot without a topic',
      () => write('things/ThingMade.v1.avsc', schema({ 'waybill.kind': 'snapshot' })),
      'carries snapshots',
    ],
    [
      'a union of two types',
      () => write('things/ThingMade.v1.avsc', schema({ fields: [{ name: 'a', type: ['int', 'string'] }] })),
      'things/ThingMade.v1.avsc: a: only a union of null and one other type',
    ],
    [
      'a field named __proto__',
      () => write('things/ThingMade.v1.avsc', schema({ fields: [{ name: '__proto__', type: 'int' }] })),
      'must not be named __proto__',
    ],
    [
      'a decimal that is none',
      () =>
        write(
          'things/ThingMade.v1.avsc',
          schema({ fields: [{ name: 'a', type: { type: 'bytes', logicalType: 'decimal', precision: 2, scale: 3 } }] }),
        ),
      'decimal',
    ],
    [
      'a misspelt mark',
      () =>
        write(
          'things/ThingMade.v1.avsc',
          schema({ fields: [{ name: 'a', type: 'string', 'waybill.personnal': true }] }),
        ),
      'ThingMade.v1.avsc: a: waybill.personnal may not stand here',
    ],
    [
      'a brand on a field and not on its type',
      () =>
        write(
          'things/ThingMade.v1.avsc',
          schema({ fields: [{ name: 'a', type: 'string', 'waybill.brand': 'ThingId' }] }),
        ),
      'waybill.brand may not stand here',
    ],
    [
      'a mark of personal data that is not true',
      () =>
        write(
          'things/ThingMade.v1.avsc',
          schema({ fields: [{ name: 'a', type: 'string', 'waybill.personal': 'yes' }] }),
        ),
      'waybill.personal may not stand here, or not with this value',
    ],
    [
      'a logical type that the codec does not know',
      () =>
        write(
          'things/ThingMade.v1.avsc',
          schema({ fields: [{ name: 'a', type: { type: 'long', logicalType: 'timestamp-micros' } }] }),
        ),
      'the logical type timestamp-micros is not supported',
    ],
    [
      'an unknown key in context.yaml',
      () => write('things/context.yaml', `${contextYaml('things')}colour: red\n`),
      'things/context.yaml: colour: not known here',
    ],
    [
      'a context.yaml without an owner',
      () => write('things/context.yaml', contextYaml('things').replace('owner: team-things', '')),
      'owner: expected a text',
    ],
    [
      'a context.yaml of another folder',
      () => write('things/context.yaml', contextYaml('stuff', 'things.thing')),
      'is named stuff',
    ],
    [
      'snapshots that are not compacted',
      () => write('things/context.yaml', contextYaml('things').replace('carries: events', 'carries: snapshots')),
      'is named things.thing.snapshot',
    ],
    [
      'a nested type that takes a contract’s name',
      () => {
        const nested = { type: 'record', name: 'ThingMade', namespace: 'things.v1', fields: [] };
        write('things/ThingSold.v1.avsc', schema({ name: 'ThingSold', fields: [{ name: 'made', type: nested }] }));
      },
      'is taken by',
    ],
    [
      'a name that two contexts give',
      () => {
        write('stuff/context.yaml', contextYaml('stuff'));
        write('stuff/ThingMade.v1.avsc', schema({ namespace: 'stuff.v1', 'waybill.aggregate': 'stuff.thing' }));
      },
      'ThingMadeV1, is taken by stuff/ThingMade.v1.avsc',
    ],
    [
      'one nested type defined in two ways',
      () => {
        const nested = (type: string) => [
          { name: 'part', type: { type: 'record', name: 'Part', fields: [{ name: 'a', type }] } },
        ];
        write('things/ThingMade.v1.avsc', schema({ fields: nested('int') }));
        write('things/ThingSold.v1.avsc', schema({ name: 'ThingSold', fields: nested('string') }));
      },
      'things.v1.Part is not the same as in things/ThingMade.v1.avsc',
    ],
  ])('refuses %s, and writes nothing', (_what, change, problem) => {
    change();
    expect(generate).toThrow(InvalidSchemaError);
    expect(generate).toThrow(problem);
    expect(readdirSync(schemasDir)).not.toContain('generated');
  });
});

describe('releasing', () => {
  const withField = (type: unknown, more: object = {}) =>
    schema({
      fields: [
        { name: 'id', type: 'string' },
        { name: 'extra', type, ...more },
      ],
    });

  it('keeps each released version of a schema, and releases what did not change only once', () => {
    expect(unreleased(schemasDir)).toEqual(['things.v1.ThingMade']);
    expect(releaseSchemas(schemasDir)).toEqual(['things.v1.ThingMade']);
    expect(releaseSchemas(schemasDir)).toEqual([]);
    write('things/ThingMade.v1.avsc', withField(['null', 'string'], { default: null }));
    expect(unreleased(schemasDir)).toEqual(['things.v1.ThingMade']);
    expect(checkReleased(schemasDir)).toEqual([]);
    releaseSchemas(schemasDir);
    expect(readdirSync(join(schemasDir, 'released/things.v1.ThingMade'))).toEqual(['001.avsc', '002.avsc']);
  });

  it('refuses a change that a released version does not go with', () => {
    releaseSchemas(schemasDir);
    write('things/ThingMade.v1.avsc', withField('int'));
    expect(checkReleased(schemasDir)).toEqual([
      {
        contract: 'things.v1.ThingMade',
        message: expect.stringContaining(
          'not backward compatible with released version 1: extra: not in what was written',
        ) as string,
      },
    ]);
    expect(() => releaseSchemas(schemasDir)).toThrow(InvalidSchemaError);
    expect(readdirSync(join(schemasDir, 'released/things.v1.ThingMade'))).toEqual(['001.avsc']);
  });

  it('refuses to let a released schema go', () => {
    releaseSchemas(schemasDir);
    rmSync(join(schemasDir, 'things/ThingMade.v1.avsc'));
    expect(checkReleased(schemasDir)).toMatchObject([
      { contract: 'things.v1.ThingMade', message: expect.stringContaining('must stay') as string },
    ]);
  });
});
