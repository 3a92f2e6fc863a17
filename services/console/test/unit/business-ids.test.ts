import { allContracts, OrderPlacedV2, PaymentCapturedV2 } from '@waybill/schemas';
import { describe, expect, test } from 'vitest';
import { businessIdPaths, businessIdsOf } from '../../src/domain/business-ids.ts';

const field = (name: string, type: unknown, more: object = {}) => ({ name, type, ...more });

function paths(fields: readonly object[], personal: readonly string[] = []): readonly string[] {
  const schema = JSON.stringify({ type: 'record', name: 'Parcel', namespace: 'post.v1', fields });
  return businessIdPaths({ schema, personal }).map((path) => path.join(' '));
}

describe('the business ids of a contract', () => {
  test('are its text fields whose names end in Id', () => {
    expect(businessIdPaths(OrderPlacedV2)).toEqual([['orderId'], ['customerId']]);
    expect(businessIdPaths(PaymentCapturedV2)).toEqual([['orderId'], ['paymentId']]);
    expect(
      paths([field('parcel_id', 'string'), field('ID', 'string'), field('paid', 'string'), field('id', 'string')]),
    ).toEqual(['parcel_id']);
  });

  test('may be left out of an event, be branded or logical, but are text', () => {
    const text = { type: 'string', 'waybill.brand': 'ParcelId' };
    expect(
      paths([
        field('aId', text),
        field('bId', ['null', text]),
        field('cId', { type: 'string', logicalType: 'uuid' }),
        field('dId', 'long'),
        field('eId', ['null', 'string', 'long']),
        field('fId', { type: 'enum', name: 'KindId', symbols: ['A'] }),
      ]),
    ).toEqual(['aId', 'bId', 'cId']);
  });

  test('are found within records, lists and maps, also where a type is named again', () => {
    const item = {
      type: 'record',
      name: 'Item',
      fields: [field('itemId', 'string'), field('inner', ['null', 'Item'])],
    };
    expect(
      paths([
        field('first', item),
        field('others', { type: 'array', items: 'Item' }),
        field('more', { type: 'map', values: 'post.v1.Item' }),
        field('tagIds', { type: 'array', items: 'string' }),
        field('routeId', { type: 'array', items: 'string' }),
      ]),
    ).toEqual(['first itemId', 'others [] itemId', 'routeId []']);
  });

  test('are never personal data, nor within it', () => {
    const person = { type: 'record', name: 'Person', fields: [field('passportId', 'string')] };
    expect(
      paths(
        [
          field('nationalId', 'string', { 'waybill.personal': true }),
          field('receiver', person, { 'waybill.personal': true }),
          field('sender', { type: 'array', items: { ...person, name: 'Sender' } }),
        ],
        ['sender[].passportId'],
      ),
    ).toEqual([]);
  });

  test('are not the ids of other events, of which the events of operations tell', () => {
    const entry = {
      type: 'record',
      name: 'Entry',
      fields: [field('eventId', 'string'), field('correlationId', 'string')],
    };
    expect(paths([field('entry', entry), field('aggregateId', 'string')])).toEqual([]);
  });

  test('of every contract are none of its personal fields', () => {
    for (const contract of allContracts) {
      const names = businessIdPaths(contract).map((path) => path.join('.'));
      expect({ contract: contract.name, shared: names.filter((name) => contract.personal.includes(name)) }).toEqual({
        contract: contract.name,
        shared: [],
      });
    }
  });
});

describe('the business ids of an event', () => {
  test('are each there once, without the id of its entity and without what is missing', () => {
    const data = { orderId: 'o-1', customerId: 'c-1', lines: [{ partId: 'p-1' }, { partId: 'p-1' }, {}], other: null };
    const places = [['orderId'], ['customerId'], ['lines', '[]', 'partId'], ['other', 'partId'], ['absentId']];
    expect(businessIdsOf(places, data, 'o-1')).toEqual(['c-1', 'p-1']);
    expect(businessIdsOf([['{}', 'partId']], { a: { partId: 'p-1' }, b: { partId: 'p-2' } }, '')).toEqual([
      'p-1',
      'p-2',
    ]);
  });

  test('are what can be asked for: neither empty nor too long, without a NUL, and twenty at most', () => {
    const ids = [
      '',
      'x'.repeat(256),
      'a\0b',
      7,
      'y'.repeat(255),
      ...Array.from({ length: 40 }, (_, index) => `id-${index}`),
    ];
    const found = businessIdsOf([['ids', '[]']], { ids }, 'o-1');
    expect([found.length, found[0], found[1]]).toEqual([20, 'y'.repeat(255), 'id-0']);
  });
});
