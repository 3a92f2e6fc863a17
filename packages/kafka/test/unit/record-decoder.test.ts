import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { internal } from '../../src/kafkajs/internals.ts';
import { decodeRecord, replaceRecordDecoder, textHeadersOf } from '../../src/kafkajs/record-decoder.ts';
import type { BatchContext } from '../../src/kafkajs/record-decoder.ts';

const decoderModule = 'protocol/recordBatch/record/v0/decoder.js';
// Taken before anything is replaced.
const original = internal(decoderModule) as (decoder: object, batch: BatchContext) => object;
const encode = internal('protocol/recordBatch/record/v0/index.js') as (record: object) => { readonly buffer: Buffer };
const Decoder = internal('protocol/decoder.js') as new (buffer: Buffer) => { offset: number; readVarInt(): number };

/** A record's bytes as kafkajs writes them, without its own length. */
function bytesOf(record: object): Buffer {
  const { buffer } = encode(record);
  const decoder = new Decoder(buffer);
  decoder.readVarInt();
  return buffer.subarray(decoder.offset);
}

const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each)),
  fc.string({ unit: 'binary', maxLength: 100 }),
);
const anyRecord = fc.record({
  offsetDelta: fc.nat({ max: 1_000_000 }),
  timestampDelta: fc.integer({ min: -(2 ** 31), max: 2 ** 45 }),
  key: fc.oneof(fc.constant(null), content),
  value: fc.oneof(fc.constant(null), content),
  headers: fc.dictionary(
    // kafkajs takes names that every object has for names that came before.
    fc.string({ minLength: 1 }).filter((name) => !(name in {})),
    fc.oneof(content, fc.array(content, { minLength: 1, maxLength: 3 })),
  ),
});
const anyBatch = fc.record({
  firstOffset: fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String),
  firstTimestamp: fc.integer({ min: 0, max: 2 ** 45 }).map(String),
  maxTimestamp: fc.integer({ min: 0, max: 2 ** 45 }).map(String),
  timestampType: fc.constantFrom(0, 1),
  magicByte: fc.constant(2),
  isControlBatch: fc.boolean(),
});

describe('the decoder of a record', () => {
  it('makes of it what kafkajs makes of it, and its headers text when asked', () => {
    fc.assert(
      fc.property(anyRecord, anyBatch, (record, batch) => {
        const bytes = bytesOf(record);
        const decoded = decodeRecord({ buffer: bytes, offset: 0 }, batch);
        expect({ ...decoded }).toMatchObject(original(new Decoder(bytes), batch));
        const text = textHeadersOf(decoded);
        for (const [name, value] of Object.entries(decoded.headers)) {
          const last = Array.isArray(value) ? value.at(-1) : value;
          expect(text?.[name]).toBe(last?.toString('utf8'));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a header that is named like the prototype as any other', () => {
    const decoded = decodeRecord({ buffer: bytesOf({ headers: { ['__proto__']: 'x', constructor: 'y' } }), offset: 0 });
    expect(Object.entries(textHeadersOf(decoded) ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(decoded.headers)).toBe(Object.prototype);
  });

  it('says nothing of the headers of what it did not decode', () => {
    expect(textHeadersOf({ headers: { a: Buffer.from('b') } })).toBe(undefined);
  });

  it('stands where kafkajs takes it from', () => {
    replaceRecordDecoder();
    expect(internal(decoderModule)).toBe(decodeRecord);
  });
});
