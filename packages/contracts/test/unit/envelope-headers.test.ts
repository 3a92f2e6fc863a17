import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Envelope,
  envelopeFromHeaders,
  envelopeToHeaders,
  eventId,
  InvalidEnvelopeError,
  newEventId,
  partitionKey,
} from '../../src/index.ts';

const envelope: Envelope = {
  id: eventId('018f4b1e-0000-7000-8000-000000000000'),
  type: 'orders.v2.OrderPlaced',
  source: '/waybill/orders',
  time: new Date('2026-01-02T03:04:05.678Z'),
  dataSchema: `urn:waybill:schema:orders.v2.OrderPlaced:${'ab'.repeat(32)}`,
  tenant: '',
  aggregateType: 'orders.order',
  aggregateId: 'order-1',
  aggregateVersion: 3,
  correlationId: 'corr-1',
  causationId: undefined,
  trace: {},
};

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: length, maxLength: length });
const printable = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength })
    .filter((text) => text.length <= 255 && !/[\p{Cc}/]/u.test(text));

const anyEnvelope: fc.Arbitrary<Envelope> = fc
  .record({
    id: fc.uuid().map(eventId),
    type: fc.constantFrom('orders.v2.OrderPlaced', 'a.v1.B'),
    source: fc.webPath().filter((path) => path.length > 0 && path.length < 200),
    time: fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    }),
    digest: hex(64),
    tenant: fc.oneof(fc.constant(''), printable(20)),
    aggregateType: fc.constantFrom('orders.order', 'payments.payment'),
    aggregateId: printable(40),
    aggregateVersion: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    correlationId: fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ019._:-')), minLength: 1, maxLength: 128 }),
    causationId: fc.option(fc.uuid().map(eventId), { nil: undefined }),
    trace: fc.oneof(
      fc.constant({}),
      fc.constant({ traceparent, tracestate: 'a=b', baggage: 'correlation.id=x' }),
      fc.constant({ baggage: 'order.id=1' }),
    ),
  })
  .map(({ digest, ...rest }) => ({ ...rest, dataSchema: `urn:waybill:schema:${rest.type}:${digest}` }));

function problemsOf(headers: Record<string, string>, key: string | null = 'order-1'): readonly string[] {
  try {
    envelopeFromHeaders(headers, key);
  } catch (error) {
    if (error instanceof InvalidEnvelopeError) return error.problems;
    throw error;
  }
  return [];
}

describe('the envelope', () => {
  it('comes back from its headers and its key', () => {
    fc.assert(
      fc.property(anyEnvelope, (one) => {
        expect(envelopeFromHeaders(envelopeToHeaders(one), partitionKey(one.tenant, one.aggregateId))).toEqual(one);
      }),
    );
  });

  it('has the headers of CloudEvents in binary mode', () => {
    expect(
      envelopeToHeaders({ ...envelope, tenant: 'acme', causationId: envelope.id, trace: { traceparent } }),
    ).toEqual({
      ce_specversion: '1.0',
      ce_id: '018f4b1e-0000-7000-8000-000000000000',
      ce_type: 'orders.v2.OrderPlaced',
      ce_source: '/waybill/orders',
      ce_subject: 'order-1',
      ce_time: '2026-01-02T03:04:05.678Z',
      ce_dataschema: `urn:waybill:schema:orders.v2.OrderPlaced:${'ab'.repeat(32)}`,
      'content-type': 'application/avro',
      ce_correlationid: 'corr-1',
      ce_causationid: '018f4b1e-0000-7000-8000-000000000000',
      ce_aggregatetype: 'orders.order',
      ce_aggregateversion: '3',
      ce_partitionkey: 'acme/order-1',
      ce_tenantid: 'acme',
      traceparent,
    });
  });

  it('takes an empty tenant for none, as change data capture writes it', () => {
    const untenanted = { ...envelope, tenant: '' };
    const headers = { ...envelopeToHeaders(untenanted), ce_tenantid: '' };
    expect(envelopeFromHeaders(headers, untenanted.aggregateId)).toEqual(untenanted);
  });

  it('lists everything that is wrong at once', () => {
    expect(problemsOf({}).length).toBe(11);
    const { ce_id: _id, ...headers } = envelopeToHeaders(envelope);
    expect(problemsOf({ ...headers, ce_time: 'yesterday', ce_aggregateversion: '0' })).toEqual([
      'ce_id: missing',
      'ce_time: not an RFC 3339 date and time',
      'ce_aggregateversion: not a version from 1',
    ]);
  });

  it.each<[string, string]>([
    ['ce_specversion', '0.3'],
    ['ce_id', '42'],
    ['ce_type', 'Placed.v1'],
    ['ce_type', 'orders.v0.OrderPlaced'],
    ['ce_type', 'orders.v1.OrderPlaced'],
    ['ce_source', ''],
    ['ce_source', 'a b'],
    ['ce_source', `/${'x'.repeat(255)}`],
    ['ce_subject', ''],
    ['ce_subject', 'a\nb'],
    ['ce_subject', 'order-\ud800'],
    ['ce_subject', 'x'.repeat(256)],
    ['ce_time', '2026-02-30T00:00:00Z'],
    ['ce_time', '2026-01-01 00:00:00Z'],
    ['ce_time', '2026-01-01T00:00:00'],
    ['ce_time', '2026-01-01T24:00:00Z'],
    ['ce_dataschema', 'urn:waybill:schema:orders.v2.OrderPlaced:12'],
    ['content-type', 'application/json'],
    ['content-type', 'application/avrox'],
    ['ce_correlationid', 'a b'],
    ['ce_correlationid', 'x'.repeat(129)],
    ['ce_causationid', ''],
    ['ce_aggregatetype', 'single'],
    ['ce_aggregateversion', '-1'],
    ['ce_aggregateversion', '1.5'],
    ['ce_aggregateversion', '01'],
    ['ce_aggregateversion', '9007199254740993'],
    ['ce_tenantid', 'a/b'],
    ['ce_partitionkey', 'order-2'],
  ])('refuses %s: %j', (name, value) => {
    const problems = problemsOf({ ...envelopeToHeaders(envelope), [name]: value });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.filter((problem) => value.length > 3 && problem.includes(value))).toEqual([]);
  });

  it('refuses a record whose key is not that of its tenant and aggregate', () => {
    const headers = envelopeToHeaders({ ...envelope, tenant: 'acme' });
    expect(problemsOf(headers, 'acme/order-1')).toEqual([]);
    for (const key of ['order-1', 'other/order-1', '', null]) {
      expect(problemsOf(headers, key)).toEqual(['key: not that of ce_tenantid and ce_subject']);
    }
  });

  it('takes what other producers may write: an offset, a parameter, capitals, unknown headers', () => {
    const headers = {
      ...envelopeToHeaders(envelope),
      ce_time: '2026-01-02T05:04:05.678+02:00',
      'content-type': 'Application/Avro; charset=binary',
      ce_id: '018F4B1E-0000-7000-8000-000000000000',
      constructor: 'x',
    };
    delete (headers as Record<string, string>)['ce_partitionkey'];
    expect(envelopeFromHeaders(headers, 'order-1')).toEqual(envelope);
  });

  it('drops trace context that is not well formed, and never fails for it', () => {
    for (const trace of [
      { traceparent: 'junk', tracestate: 'a=b' },
      { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` },
      { traceparent: `ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01` },
      { baggage: 'x'.repeat(8193) },
      { baggage: 'a=\n' },
    ]) {
      expect(envelopeFromHeaders({ ...envelopeToHeaders(envelope), ...trace }, 'order-1').trace).toEqual({});
      expect(envelopeFromHeaders(envelopeToHeaders({ ...envelope, trace }), 'order-1').trace).toEqual({});
    }
  });

  it('refuses to be written with a part that could not be read', () => {
    for (const wrong of [
      { aggregateId: '' },
      { aggregateVersion: 0 },
      { time: new Date(Number.NaN) },
      { correlationId: 'a b' },
      { tenant: 'a/b' },
      { type: 'x' },
    ]) {
      expect(() => envelopeToHeaders({ ...envelope, ...wrong })).toThrow(InvalidEnvelopeError);
    }
  });

  it('never throws anything but an InvalidEnvelopeError, whatever the headers', () => {
    const names = Object.keys(envelopeToHeaders({ ...envelope, tenant: 'a', causationId: newEventId() }));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.string()), fc.option(fc.string()), (headers, key) => {
        expect(problemsOf({ ...envelopeToHeaders(envelope), ...headers }, key)).toBeDefined();
        expect(problemsOf(headers, key).length).toBeGreaterThan(0);
      }),
    );
  });
});
