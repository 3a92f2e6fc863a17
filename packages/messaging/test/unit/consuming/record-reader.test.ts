import { defineContract, envelopeToHeaders, frame, newEventId, dataSchemaUrn } from '@waybill/contracts';
import { describe, expect, it } from 'vitest';
import { consumer, on } from '../../../src/index.ts';
import { WaybillError } from '../../../src/errors.ts';
import type { StoredRecord } from '../../../src/consuming/inbox-store.ts';
import { recordReader } from '../../../src/consuming/record-reader.ts';

const noted = defineContract<{ readonly text: string }, 'notes.v1.Noted'>({
  name: 'notes.v1.Noted',
  kind: 'event',
  aggregateType: 'notes.note',
  topic: 'notes.note',
  schema: JSON.stringify({
    type: 'record',
    name: 'Noted',
    namespace: 'notes.v1',
    doc: 'A note.',
    'waybill.kind': 'event',
    'waybill.aggregate': 'notes.note',
    fields: [{ name: 'text', type: 'string', doc: 'What it says.' }],
  }),
  personal: [],
});

function record(schemaId: number): StoredRecord {
  const id = newEventId();
  const headers = envelopeToHeaders({
    id,
    type: noted.name,
    source: '/waybill/notes',
    time: new Date(0),
    dataSchema: dataSchemaUrn(noted),
    tenant: '',
    aggregateType: noted.aggregateType,
    aggregateId: 'n',
    aggregateVersion: 1,
    correlationId: id,
    causationId: undefined,
    trace: {},
  });
  return { topic: noted.topic, key: 'n', value: frame(schemaId, noted.codec.encode({ text: 'hello' })), headers };
}

/** A reader whose registry knows the ids in `known`, and the time that it goes by. */
function setUp() {
  const known = new Set<number>();
  const asked: number[] = [];
  const time = { ms: 0 };
  const reader = recordReader(
    consumer({ name: 'notes.list', kind: 'projection', handlers: [on(noted, () => undefined)] }),
    {
      idOf: () => Promise.resolve(1),
      schemaOf(id) {
        asked.push(id);
        if (known.has(id)) return Promise.resolve(noted.schema);
        return Promise.reject(new WaybillError('registry.unknown-schema-id', `There is no schema ${id}.`));
      },
    },
    { monotonic: () => time.ms },
  );
  return { reader, known, asked, time };
}

describe('a reader whose registry does not know a schema', () => {
  it('takes the record for one that cannot be read, and asks no more than once a second', async () => {
    const { reader, asked, time } = setUp();
    for (let ms = 0; ms < 3_000; ms += 100) {
      time.ms = ms;
      await reader.prepare([record(7), record(7)]);
      expect(reader.read(record(7))).toMatchObject({ kind: 'unreadable' });
    }
    expect(asked).toEqual([7, 7, 7]);
  });

  it('reads the same record once the registry was mended, without a restart', async () => {
    const { reader, known, time } = setUp();
    await reader.prepare([record(7)]);
    known.add(7);
    time.ms = 1_000;
    await reader.prepare([record(7)]);
    expect(reader.read(record(7))).toMatchObject({ kind: 'event', event: { data: { text: 'hello' } } });
  });

  it('asks once for a schema that it knows', async () => {
    const { reader, known, asked, time } = setUp();
    known.add(7);
    for (let ms = 0; ms < 3_000; ms += 500) {
      time.ms = ms;
      await reader.prepare([record(7)]);
    }
    expect(asked).toEqual([7]);
  });
});
