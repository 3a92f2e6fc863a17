import { type Envelope, envelopeToHeaders, newEventId, partitionKey } from '@waybill/contracts';
import { describe, expect, test } from 'vitest';
import type { EventToPark } from '../../../src/consuming/inbox-store.ts';
import { eventOf, failureOf, isNews } from '../../../src/operating/facts.ts';

const envelope: Envelope = {
  id: newEventId(),
  type: 'kitchen.v1.DishOrdered',
  source: '/waybill/kitchen',
  time: new Date('2026-03-14T09:26:54.001Z'),
  dataSchema: `urn:waybill:schema:kitchen.v1.DishOrdered:${'0'.repeat(64)}`,
  tenant: 'nord',
  aggregateType: 'kitchen.table',
  aggregateId: 't1',
  aggregateVersion: 3,
  correlationId: 'c-1',
  causationId: undefined,
  trace: {},
};
const record = { topic: 'kitchen.table', key: partitionKey('nord', 't1'), value: null, headers: {} };
const failure = { type: 'TypeError', code: 'handler.unknown', message: 'no soup for ••••' };
const parked: EventToPark = {
  ...{ envelope, record: { ...record, headers: envelopeToHeaders(envelope) } },
  ...{ origin: { topic: 'kitchen.table', partition: 1, offset: 7n }, waitsFor: undefined },
  ...{ reason: 'retry', dueInMs: 100, attempts: 1, failure, holdsEntity: true },
};
const told = {
  ...{ consumer: 'kitchen.serve', eventId: envelope.id, tenant: 'nord', type: 'kitchen.v1.DishOrdered' },
  ...{ aggregateType: 'kitchen.table', aggregateId: 't1', version: 3, correlationId: 'c-1', time: envelope.time },
};

describe('what is told of an event that is parked', () => {
  test('is that it failed, with its error', () => {
    expect(failureOf('kitchen.serve', parked)).toEqual({
      ...{ event: told, state: 'retrying', failure, attempts: 1, holdsEntity: true },
    });
  });

  test('is that it is dead, where nobody tries it again', () => {
    expect(failureOf('kitchen.serve', { ...parked, reason: 'dead' })).toMatchObject({ state: 'dead' });
  });

  test('is nothing when it waits for others', () => {
    expect(failureOf('kitchen.serve', { ...parked, reason: 'gap', failure: undefined })).toBeUndefined();
  });

  test('is its place where it cannot be read, the same later as when it was parked', () => {
    const unreadable = { ...parked, envelope: undefined, record, reason: 'dead' as const };
    const place = { consumer: 'kitchen.serve', eventId: 'kitchen.table/1/7', tenant: '', type: undefined };
    expect(failureOf('kitchen.serve', unreadable)?.event).toMatchObject(place);
    const kept = { eventId: 'kitchen.table/1/7' as typeof envelope.id, record };
    expect(eventOf('kitchen.serve', kept)).toEqual(failureOf('kitchen.serve', unreadable)?.event);
  });

  test('is the same later as when it was parked', () => {
    expect(eventOf('kitchen.serve', { eventId: envelope.id, record: parked.record })).toEqual(told);
  });
});

describe('a failure', () => {
  test('is news once in a storm of retries, and when it was the last', () => {
    const verdicts = [...Array.from({ length: 11 }, () => 'retry' as const), 'dead' as const];
    const news = verdicts.filter((verdict, before) =>
      isNews(verdict, before + 1, before > 0 ? { failureTold: true } : {}),
    );
    expect(news).toEqual(['retry', 'dead']);
  });

  test('is news anew when it was redriven, since its attempts are counted anew', () => {
    expect(isNews('retry', 1, { failureTold: true })).toBe(true);
  });

  test('is not news each time that a dependency is still down, which counts no attempt', () => {
    expect(isNews('pause', 1, {})).toBe(true);
    expect(isNews('pause', 1, { failureTold: true })).toBe(false);
  });
});
