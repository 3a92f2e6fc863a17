import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  brand,
  dataSchemaFingerprint,
  dataSchemaUrn,
  eventId,
  eventIdTime,
  frame,
  FramingError,
  InvalidIdError,
  newEventId,
  parseContractName,
  schemaFingerprint,
  unframe,
} from '../../src/index.ts';

describe('event ids', () => {
  it('are UUIDv7, each greater than the one before', () => {
    const ids = Array.from({ length: 10_000 }, () => newEventId());
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
      true,
    );
  });

  it('tell the millisecond at which they were made', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date(2 ** 48 - 1), noInvalidDate: true }), (now) => {
        expect(eventIdTime(newEventId(now))).toEqual(now);
      }),
    );
  });

  it('are the same for the same time and randomness', () => {
    const random = new Uint8Array(16).fill(7);
    expect(newEventId(new Date(1), random)).toBe(newEventId(new Date(1), random));
  });

  it('may be any UUID, in lower case, of which only version 7 tells a time', () => {
    const id = eventId('9B2F6C1E-4A7D-4F10-8C3B-0123456789AB');
    expect(id).toBe('9b2f6c1e-4a7d-4f10-8c3b-0123456789ab');
    expect(eventIdTime(id)).toBeUndefined();
  });

  it.each([
    '',
    'x',
    '018f4b1e00007000800000000000000',
    '018f4b1e-0000-7000-8000-00000000000g',
    ' 018f4b1e-0000-7000-8000-000000000000',
  ])('are not %j', (text) => {
    expect(() => eventId(text)).toThrow(InvalidIdError);
  });
});

describe('branded ids', () => {
  const orderId = brand('OrderId');

  it('are the texts that they are made of', () => {
    expect(orderId('Bestellung/Ä-1')).toBe('Bestellung/Ä-1');
  });

  it.each(['', 'x'.repeat(256), 'a\nb', 'a\u007f', '\ud800'])('are not %j', (text) => {
    expect(() => orderId(text)).toThrow(InvalidIdError);
  });
});

describe('contract names', () => {
  it('have a context, a major and a name', () => {
    expect(parseContractName('orders.v12.OrderPlaced')).toEqual({
      context: 'orders',
      major: 12,
      shortName: 'OrderPlaced',
    });
    for (const name of [
      'OrderPlaced',
      'orders.OrderPlaced',
      'orders.v0.OrderPlaced',
      'orders.v1.orderPlaced',
      'a.b.v1.C',
    ]) {
      expect(parseContractName(name)).toBeUndefined();
    }
  });
});

describe('schema fingerprints', () => {
  it('do not depend on white space, and are what a data schema URN ends in', () => {
    const fingerprint = schemaFingerprint('{ "type" :\n "string" }');
    expect(fingerprint).toBe(schemaFingerprint('{"type":"string"}'));
    expect(fingerprint).not.toBe(schemaFingerprint('{"type":"bytes"}'));
    const asRegistered =
      '{"name":"Placed","type":"record","fields":[{"type":"int","name":"a"},{"name":"b","type":"int"}]}';
    const asAnswered =
      '{"type":"record","name":"Placed","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}';
    const otherOrder =
      '{"type":"record","name":"Placed","fields":[{"name":"b","type":"int"},{"name":"a","type":"int"}]}';
    expect(schemaFingerprint(asRegistered)).toBe(schemaFingerprint(asAnswered));
    expect(schemaFingerprint(asRegistered)).not.toBe(schemaFingerprint(otherOrder));
    const urn = dataSchemaUrn({ name: 'orders.v2.OrderPlaced', fingerprint });
    expect(urn).toBe(`urn:waybill:schema:orders.v2.OrderPlaced:${fingerprint}`);
    expect(dataSchemaFingerprint(urn)).toBe(fingerprint);
    expect(dataSchemaFingerprint(`${urn}0`)).toBeUndefined();
  });
});

describe('the frame', () => {
  it('comes apart into what it was made of', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.uint8Array(), (schemaId, body) => {
        const value = frame(schemaId, body);
        // Inside a larger buffer, as a record of a fetched batch lies in it.
        const batch = new Uint8Array(value.length + 20);
        batch.set(value, 10);
        const parts = unframe(batch.subarray(10, 10 + value.length));
        expect(parts.schemaId).toBe(schemaId);
        expect([...parts.body]).toEqual([...body]);
      }),
    );
  });

  it('is byte 0, the id in four bytes, big-endian, and the body', () => {
    expect(Buffer.from(frame(258, new Uint8Array([9]))).toString('hex')).toBe('000000010209');
  });

  it('is refused when it is none', () => {
    expect(() => unframe(new Uint8Array([0, 0, 0, 1]))).toThrow('the value has 4 bytes');
    expect(() => unframe(Buffer.from('{"json":1}'))).toThrow('not framed Avro');
    expect(() => unframe(new Uint8Array([0, 255, 0, 0, 0]))).toThrow(FramingError);
    for (const id of [-1, 1.5, 2 ** 31, Number.NaN]) expect(() => frame(id, new Uint8Array())).toThrow(FramingError);
  });
});
