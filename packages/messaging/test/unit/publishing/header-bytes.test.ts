import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENCODED_NAMES, type HeaderName, headersFrom, putLength, recordOf } from '../../../src/index.ts';

const utf8 = new TextEncoder();
const values = fc.dictionary(
  fc.constantFrom(...ENCODED_NAMES.map(({ name }) => name)),
  fc.string({ unit: 'binary', maxLength: 9_000 }),
);

/** As a store writes them: a name that is known, and a value behind its length. */
function encoded(headers: Readonly<Partial<Record<HeaderName, string>>>): Uint8Array {
  const bytes = [Object.keys(headers).length << 1];
  for (const { name, bytes: nameBytes } of ENCODED_NAMES) {
    const value = headers[name];
    if (value === undefined) continue;
    const content = utf8.encode(value);
    const length = new Uint8Array(5);
    bytes.push(...nameBytes, ...length.subarray(0, putLength(length, 0, content.length)), ...content);
  }
  return Uint8Array.from(bytes);
}

describe('headers as bytes', () => {
  it('say what was written, whatever its length', () => {
    fc.assert(
      fc.property(values, (headers) => {
        expect(headersFrom(encoded(headers))).toEqual({ ...headers });
      }),
    );
  });

  it('become texts for a publisher that asks for them', () => {
    const headerBytes = encoded({ ce_id: 'i', ce_subject: 'ä' });
    const row = { ...ROW, headerBytes };
    const record = recordOf(row);
    expect(record.headerBytes).toBe(headerBytes);
    expect(record.headers).toEqual({ ce_id: 'i', ce_subject: 'ä' });
    expect(record).toMatchObject({ topic: 'to', key: 't/a', value: row.payload });
  });
});

const ROW = {
  position: 1,
  slot: 1,
  kind: 'event',
  id: 'i',
  tenant: 't',
  aggregateType: 'ty',
  aggregateId: 'a',
  aggregateVersion: 3,
  type: 'ty',
  topic: 'to',
  payload: new Uint8Array(),
  specVersion: '1.0',
  source: 's',
  time: 'now',
  dataSchema: 'd',
  contentType: 'c',
  correlationId: 'co',
  causationId: null,
  renditions: null,
  traceparent: null,
  tracestate: null,
  baggage: null,
} as const;
