import type { FailureGroup } from '@waybill/service/operations';
import { describe, expect, test } from 'vitest';
import { totalsOf } from '../../../../src/operations/parked-pages.ts';
import { entryLines } from '../../../../src/operations/printing/entry-lines.ts';
import { groupLines, mergedGroups, sparkline } from '../../../../src/operations/printing/group-lines.ts';
import {
  entriesPhrase,
  mergedRows,
  oldestOf,
  parkedLines,
  type ParkedRow,
} from '../../../../src/operations/printing/parked-lines.ts';
import { before, entry, parked, plain } from '../builders.ts';

const row = (service: string, fields: Parameters<typeof parked>[0] = {}): ParkedRow => ({ service, ...parked(fields) });

describe('parked events of several services', () => {
  const rows = [
    row('orders', { id: '1', state: 'waiting', parkedAt: before(900) }),
    row('payments', { id: '2', state: 'retrying', parkedAt: before(10) }),
    row('orders', { id: '3', parkedAt: before(20) }),
    row('payments', { id: '4', parkedAt: before(30) }),
  ];

  test('are one list, the dead first and then the oldest', () => {
    expect(mergedRows(rows, 3).map(({ id }) => id)).toEqual(['4', '3', '2']);
    expect(oldestOf(rows)).toBe(before(900));
    expect(entriesPhrase(rows)).toBe('4 entries of 1 entity');
  });

  test('are told by how many there are, and then one by one', () => {
    const list = {
      rows: [row('notifications')],
      totals: { dead: 37, retrying: 4, waiting: 0 },
      extent: 'everything',
    } as const;
    expect(parkedLines({ ...list, oldestAt: before(720) }, plain)).toEqual([
      '37 dead, 4 retrying; the oldest for 12 min',
      '',
      'service        id  state     for  consumer            entity   version  type                   behind  why',
      'notifications  42  dead   12 min  notifications.mail  order-1        3  orders.v1.OrderPlaced       2  The server refused the address. [mail.refused]',
      '40 more; --limit shows them.',
    ]);
  });

  test('are good news when there are none', () => {
    const none = { rows: [], totals: totalsOf([]), oldestAt: undefined };
    expect(parkedLines({ ...none, extent: 'everything' }, plain)[0]).toBe('Nothing is parked.');
    expect(parkedLines({ ...none, extent: 'a selection' }, plain)).toEqual(['Nothing that is parked fits this.']);
    expect(parkedLines({ ...none, extent: 'of those that answered' }, plain)[0]).toMatch(/services that answered/);
  });

  test('say what they wait for where they did not fail', () => {
    const waiting = { message: undefined, errorCode: undefined, state: 'waiting' } as const;
    const why = (fields: Parameters<typeof parked>[0]) => {
      const rows = [row('orders', { ...waiting, ...fields })];
      return parkedLines({ rows, totals: totalsOf(rows), oldestAt: undefined, extent: 'everything' }, plain)[3];
    };
    expect(why({ reason: 'gap', dueAt: before(-5) })).toMatch(/waits for its predecessor, looked at in 5 s$/);
    expect(why({ reason: 'behind' })).toMatch(/waits behind an earlier event of its entity$/);
    expect(why({ reason: 'something new' })).toMatch(/something new$/);
  });
});

describe('a parked event', () => {
  test('is told with its error, its queue, its masked data and what can be done', () => {
    const lines = entryLines('notifications', entry(), plain);
    expect(lines.slice(0, 3)).toEqual([
      'notifications 42 dead: notifications.mail and orders.v1.OrderPlaced, version 3 of order-1',
      'The server refused the address. [mail.refused]',
      'parked for 12 min; 2 of its entity wait behind it',
    ]);
    expect(lines).toContain('  topic           orders.order, partition 3, offset 1700');
    expect(lines).toContain('the queue of its entity, of which version 2 is applied');
    expect(lines).toContain(
      '  42        3  dead     orders.v1.OrderPlaced (this)  The server refused the address. [mail.refused]',
    );
    expect(lines).toContain('  masked: customer.email');
    expect(lines.slice(-4)).toEqual([
      '  ./waybill parked redrive notifications 42',
      '  ./waybill parked edit notifications 42',
      '  ./waybill parked skip notifications 42 --reason …',
      '  ./waybill journey c-1',
    ]);
  });

  test('says why its data cannot be shown, and does not act upon the terminal', () => {
    const text = entryLines(
      'notifications',
      entry({
        data: undefined,
        unreadable: 'no schema 7\u001B[2J',
        message: '\u001B]0;title\u0007',
        stack: 'a\u001Bb',
      }),
      plain,
    ).join('\n');
    expect(text).toContain('cannot be shown: no schema 7\\u001b[2J');
    expect(text).not.toContain('\u001B');
  });

  test('offers to pass a gap where there is one', () => {
    const lines = entryLines('notifications', entry({ errorCode: 'event.predecessor-missing' }), plain);
    expect(lines).toContain('  ./waybill parked pass-gap notifications 42 --reason …');
  });
});

describe('failures by their kind', () => {
  const group = (fields: Partial<FailureGroup> = {}) => ({
    service: 'notifications',
    fingerprint: '0123456789abcdef',
    consumer: 'notifications.mail',
    types: ['orders.v1.OrderPlaced'],
    errorType: 'MailRefused',
    errorCode: 'mail.refused',
    message: 'refused',
    entries: 3,
    dead: 2,
    retrying: 1,
    blockedEntities: 2,
    blockedEvents: 5,
    firstAt: before(7_200),
    lastAt: before(60),
    hours: [0, 0, 1, 4],
    ...fields,
  });

  test('are one list, those first that hold most up', () => {
    const groups = [
      group({ message: 'a', dead: 0 }),
      group({ message: 'b' }),
      group({ message: 'c', blockedEvents: 50 }),
    ];
    expect(mergedGroups(groups).map(({ message }) => message)).toEqual(['c', 'b', 'a']);
  });

  test('are told by what failed, where, how often and when', () => {
    expect(groupLines([group()], 'everything', plain)).toEqual([
      'refused MailRefused [mail.refused]',
      '  notifications.mail (notifications), 3 entries: 2 dead, 1 retrying; 5 events of 2 entities behind',
      '  orders.v1.OrderPlaced',
      '  first 2 h ago, last 1 min ago  ··▂█ 24 h',
      '  ./waybill parked ls --service notifications --consumer notifications.mail --fingerprint 0123456789abcdef',
    ]);
    expect(groupLines([], 'everything', plain)[0]).toBe('Nothing has failed.');
    expect(groupLines([], 'a selection', plain)).toEqual(['No failure fits this.']);
  });

  test('have a picture of their hours', () => {
    expect(sparkline([0, 1, 8, 100])).toBe('·▁▁█');
    expect(sparkline([])).toBe('');
    expect(sparkline([0, 0])).toBe('··');
  });
});
