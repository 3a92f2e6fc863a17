import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/operations/errors.ts';
import { pageQuery, rebuildJob, redriveJob, replayJob, selectionOf } from '../../../src/operations/selection.ts';

const consumer = 'notifications.mail';
const fingerprint = '0123456789abcdef';
const reason = 'the mail server is back';

describe('a selection', () => {
  test('has the fields of the API, and what was given alone', () => {
    const flags = { consumer, state: 'dead', fingerprint, type: 't', entity: 'order-1', correlation: 'c-1' };
    expect(selectionOf(flags)).toEqual({
      consumer,
      state: 'dead',
      fingerprint,
      type: 't',
      aggregateId: 'order-1',
      correlationId: 'c-1',
    });
    expect(selectionOf({})).toEqual({});
  });

  test('that a service would refuse is refused here, by the option’s name', () => {
    expect(() => selectionOf({ fingerprint: 'abc' })).toThrow('--fingerprint: must be 16 hex digits');
    expect(() => selectionOf({ entity: ' ' })).toThrow(/^--entity: /);
    expect(() => selectionOf({ fingerprint: 'abc' })).toThrow(UsageError);
  });

  test('is asked for by the page', () => {
    expect(pageQuery({ consumer }, { limit: 20, after: undefined })).toEqual({ consumer, limit: 20 });
    expect(pageQuery({}, { limit: 20, after: '42' })).toEqual({ limit: 20, after: '42' });
  });
});

describe('a redrive of many', () => {
  test('takes what is dead, at the pace that was given or the default', () => {
    expect(redriveJob({ consumer, fingerprint, rate: 5 }, reason)).toEqual({
      kind: 'redrive',
      selection: { consumer, fingerprint, state: 'dead' },
      pace: { perSecond: 5, rampSeconds: 10, canary: 5, stopAtFailureShare: 0.2 },
      reason,
    });
  });

  test('takes everything of a consumer only when that was said', () => {
    expect(() => redriveJob({ consumer }, reason)).toThrow(/--all/);
    expect(redriveJob({ consumer, all: true }, reason)).toMatchObject({ selection: { consumer, state: 'dead' } });
    expect(() => redriveJob({ consumer, fingerprint, all: true }, reason)).toThrow(/Leave it out/);
    expect(() => redriveJob({ fingerprint }, reason)).toThrow(/--consumer/);
  });

  test('has a reason that says something', () => {
    expect(() => redriveJob({ consumer, all: true }, 'x')).toThrow('--reason: say why, in three characters at least');
  });
});

describe('a rebuild', () => {
  test('is of a projection, as fast as it may be unless a rate was given', () => {
    const pace = { rampSeconds: 0, canary: 0, stopAtFailureShare: 0.2 };
    expect(rebuildJob({ consumer }, reason)).toEqual({
      ...{ kind: 'rebuild', consumer, reason, pace: { ...pace, perSecond: 2_000 } },
    });
    expect(rebuildJob({ consumer, rate: 5 }, reason)).toMatchObject({ pace: { ...pace, perSecond: 5 } });
  });
});

describe('a replay', () => {
  test('has its own selection', () => {
    const flags = { consumer, topic: 'orders.order', type: ['a', 'b'], entity: 'order-1', rate: 10, canary: 0 };
    const since = '2026-07-31T20:00:00.000Z';
    expect(replayJob({ ...flags, since }, reason)).toEqual({
      kind: 'replay',
      consumer,
      selection: { topic: 'orders.order', types: ['a', 'b'], aggregateId: 'order-1', since },
      pace: { perSecond: 10, rampSeconds: 10, canary: 0, stopAtFailureShare: 0.2 },
      reason,
    });
  });

  test('is a shadow when nothing is to stay of it', () => {
    expect(replayJob({ consumer, topic: 't', shadow: true }, reason)).toMatchObject({ kind: 'shadow', consumer });
  });

  test('begins before it ends', () => {
    const times = { since: '2026-07-31T20:00:00.000Z', until: '2026-07-31T20:00:00.000Z' };
    expect(() => replayJob({ consumer, topic: 't', ...times }, reason)).toThrow('--since must be before --until.');
  });
});
