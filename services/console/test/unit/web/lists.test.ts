import { describe, expect, it } from 'vitest';
import { parseSearch, stringifySearch } from '#web/lists/address.ts';
import {
  auditFilter,
  entryFilter,
  failureFilter,
  filterWords,
  groupFits,
  knownFilter,
  selectionOf,
} from '#web/lists/filters.ts';
import { heldList } from '#web/lists/held-list.ts';
import { targetLink, targetMeant } from '#web/words/audit-target.ts';
import { group } from './samples.ts';

describe('a list that somebody reads', () => {
  const keyOf = ({ id }: { readonly id: string }) => id;
  const shown = [
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
  ];

  it('keeps its rows where they are, with their latest values', () => {
    const held = heldList(
      shown,
      [
        { id: 'b', n: 5 },
        { id: 'a', n: 2 },
      ],
      keyOf,
    );
    expect(held.rows.map(({ item }) => item)).toEqual([
      { id: 'a', n: 2 },
      { id: 'b', n: 5 },
    ]);
    expect(held).toMatchObject({ fresh: 0, changed: true });
  });

  it('counts what came and does not show it', () => {
    const held = heldList(shown, [{ id: 'c', n: 1 }, ...shown], keyOf);
    expect(held.rows).toHaveLength(2);
    expect(held).toMatchObject({ fresh: 1, changed: true });
  });

  it('keeps what went in its place, and marks it', () => {
    const held = heldList(shown, [{ id: 'b', n: 1 }], keyOf);
    expect(held.rows).toEqual([
      { item: { id: 'a', n: 1 }, gone: true },
      { item: { id: 'b', n: 1 }, gone: false },
    ]);
  });

  it('says that nothing changed when only values did', () => {
    expect(
      heldList(
        shown,
        [
          { id: 'a', n: 9 },
          { id: 'b', n: 9 },
        ],
        keyOf,
      ).changed,
    ).toBe(false);
  });
});

describe('addresses', () => {
  it('carry filters as plain text and leave empty ones out', () => {
    expect(stringifySearch({ service: 'orders', state: '', q: undefined })).toBe('?service=orders');
    expect(stringifySearch({})).toBe('');
    expect(parseSearch('?q=1042&state=dead')).toEqual({ q: '1042', state: 'dead' });
  });

  it('come back as they were written, whatever is in them', () => {
    const search = { q: 'a&b=c ü 100%', service: 'orders' };
    expect(parseSearch(stringifySearch(search))).toEqual(search);
  });

  it('with what is not known show a list and no error', () => {
    expect(failureFilter({ service: 'orders', state: 'broken', evil: 'x', q: '  ' })).toEqual({ service: 'orders' });
    expect(knownFilter({ q: 'order-1', state: 'recovered', x: '1' })).toEqual({ q: 'order-1', state: 'recovered' });
    expect(knownFilter({ service: 'orders', state: 'waiting' })).toEqual({ service: 'orders' });
    expect(entryFilter({ state: 'dead', since: '2026-11-27T12:00:00.000Z' })).toEqual({
      state: 'dead',
      since: '2026-11-27T12:00:00.000Z',
    });
    expect(auditFilter({ actor: 'ada@example.com', limit: '5' })).toEqual({ actor: 'ada@example.com' });
  });
});

describe('filters', () => {
  it('look for text in message, code and types', () => {
    expect(groupFits(group(), { q: 'chf' })).toBe(true);
    expect(groupFits(group(), { q: 'OrderPlaced' })).toBe(true);
    expect(groupFits(group(), { q: 'nothing' })).toBe(false);
  });

  it('tell dead groups from those that are retried', () => {
    expect(groupFits(group({ dead: 0, retrying: 3 }), { state: 'dead' })).toBe(false);
    expect(groupFits(group({ dead: 0, retrying: 3 }), { state: 'retrying' })).toBe(true);
  });

  it('become the selection of a job that takes what the list shows', () => {
    expect(
      selectionOf('payments.capture', 'a1b2c3d4e5f60718', { state: 'dead', type: 'orders.v2.OrderPlaced' }),
    ).toEqual({
      consumer: 'payments.capture',
      fingerprint: 'a1b2c3d4e5f60718',
      state: 'dead',
      type: 'orders.v2.OrderPlaced',
    });
    expect(filterWords({ state: 'dead', type: 'OrderPlaced' })).toBe('dead, of type OrderPlaced');
    expect(filterWords({})).toBe('');
  });
});

describe('targets of the audit trail', () => {
  it('lead to their pages', () => {
    expect(targetLink('parked/17')).toEqual({ kind: 'parked', id: '17' });
    expect(targetLink('consumer/payments.capture')).toEqual({ kind: 'consumer', id: 'payments.capture' });
    expect(targetLink('relay/*')).toEqual({ kind: 'other', id: 'relay/*' });
  });

  it('are guessed from an id that somebody types', () => {
    expect(targetMeant(' 17 ')).toBe('parked/17');
    expect(targetMeant('0198aaaa-7c2a-4b54-9d61-3f0a52c8e417')).toBe('job/0198aaaa-7c2a-4b54-9d61-3f0a52c8e417');
    expect(targetMeant('consumer/x')).toBe('consumer/x');
  });
});
