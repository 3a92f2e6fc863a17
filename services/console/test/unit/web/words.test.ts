import { describe, expect, it } from 'vitest';
import { counted, listed, percent } from '#web/words/counting.ts';
import { absoluteTime, durationWords, relativeTime, since } from '#web/words/durations.ts';
import { eventName, fieldLabel, happened, nounOf, nounsOf, shortId } from '#web/words/names.ts';

const now = Date.parse('2026-11-27T12:00:00.000Z');
const before = (seconds: number) => new Date(now - seconds * 1_000).toISOString();

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [-5, '0 ms'],
    [40.4, '40 ms'],
    [1_250, '1.2 s'],
    [9_990, '9.9 s'],
    [12_900, '12 s'],
    [60_000, '1 min'],
    [68_000, '1 min 8 s'],
    [45 * 60_000, '45 min'],
    [130 * 60_000, '2 h 10 min'],
    [24 * 3_600_000, '1 day'],
    [4 * 24 * 3_600_000, '4 days'],
  ])('says %d ms as %s', (ms, words) => {
    expect(durationWords(ms)).toBe(words);
  });

  it('says how long ago a time is, and how long until it comes, in one unit', () => {
    expect(relativeTime(before(2), now)).toBe('just now');
    expect(relativeTime(before(12), now)).toBe('12 s ago');
    expect(relativeTime(before(200), now)).toBe('3 min ago');
    expect(relativeTime(before(3 * 24 * 3_600), now)).toBe('3 days ago');
    expect(relativeTime(before(-240), now)).toBe('in 4 min');
    expect(relativeTime('no time', now)).toBe('at an unknown time');
    expect(since(before(740), now)).toBe('12 min');
  });

  it('shows a time to the second with its zone', () => {
    expect(absoluteTime('2026-11-27T12:00:00.000Z', 'UTC')).toMatch(/^27 Nov 2026, 12:00:00 UTC$/);
    expect(absoluteTime('no time')).toBe('no time');
  });
});

describe('counts and names', () => {
  it('counts with the right form of the noun', () => {
    expect(counted(1, 'entry', 'entries')).toBe('1 entry');
    expect(counted(12_345, 'event')).toBe('12,345 events');
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
    expect(percent(0.004)).toBe('< 1 %');
    expect(percent(0)).toBe('0 %');
  });

  it('shows a UUID by its last digits, since the first of a UUIDv7 are the time', () => {
    expect(shortId('01980f3e-7c2a-7b54-9d61-3f0a52c8e417')).toBe('…52c8e417');
    expect(shortId('1042')).toBe('1042');
    expect(shortId('x'.repeat(40))).toBe(`${'x'.repeat(12)}…${'x'.repeat(8)}`);
  });

  it('says what an event tells as a person would', () => {
    expect(eventName('orders.v2.OrderPlaced')).toBe('OrderPlaced');
    expect(happened('orders.v2.OrderPlaced', 'orders.order')).toBe('placed');
    expect(happened('inventory.v1.StockReserved', 'inventory.reservation')).toBe('stock reserved');
    expect(nounOf('orders.order')).toBe('order');
    expect(nounsOf('x.delivery')).toBe('deliveries');
    expect(nounsOf('x.box')).toBe('boxes');
    expect(fieldLabel('providerReference')).toBe('Provider reference');
  });
});
