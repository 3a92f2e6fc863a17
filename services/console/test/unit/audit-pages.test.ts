import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AuditItem, auditPage, type AuditPlaces, placesOf, wordOf } from '../../src/domain/audit-pages.ts';

interface Trail {
  readonly service: string;
  /** Newest first. */
  readonly entries: readonly AuditItem[];
}

/** What a service answers: its entries below the place, at most `limit`. */
function partOf({ service, entries }: Trail, places: AuditPlaces, limit: number) {
  const place = places[service];
  const left = typeof place === 'number' ? entries.filter(({ seq }) => seq < place) : entries;
  return { service, entries: left.slice(0, limit), more: left.length > limit };
}

function allPages(trails: readonly Trail[], limit: number) {
  const shown: string[] = [];
  let places: AuditPlaces | undefined = {};
  for (let page = 0; places !== undefined; page += 1) {
    if (page > 500) throw new Error('The pages do not end.');
    const now: AuditPlaces = places;
    const parts = trails.filter(({ service }) => now[service] !== 'end').map((trail) => partOf(trail, now, limit));
    const { entries, next } = auditPage(parts, now, limit);
    shown.push(...entries.map(({ service, seq }) => `${service} ${seq}`));
    places = next;
  }
  return shown;
}

const seconds = fc.array(fc.nat({ max: 30 }), { maxLength: 25 });
const trailsOf = fc.tuple(seconds, seconds, seconds).map((lists) =>
  lists.map((times, index) => ({
    service: `s${index}`,
    // Times may run backwards, as clocks do; numbers never do.
    entries: times.map((second, at) => ({
      seq: times.length - at,
      at: `2026-11-27T00:00:${String(second).padStart(2, '0')}Z`,
    })),
  })),
);

describe('pages of several audit trails', () => {
  test('show every entry once, and each trail in its own order', () => {
    fc.assert(
      fc.property(trailsOf, fc.integer({ min: 1, max: 9 }), (trails, limit) => {
        const shown = allPages(trails, limit);
        expect([...shown].sort()).toEqual(
          trails.flatMap(({ service, entries }) => entries.map(({ seq }) => `${service} ${seq}`)).sort(),
        );
        for (const { service, entries } of trails) {
          const own = shown.filter((one) => one.startsWith(`${service} `));
          expect(own).toEqual(entries.map(({ seq }) => `${service} ${seq}`));
        }
      }),
    );
  });

  test('have the newest of all first', () => {
    const { entries } = auditPage(
      [
        { service: 'orders', entries: [{ seq: 9, at: '2026-11-27T00:00:01Z' }], more: false },
        { service: 'payments', entries: [{ seq: 2, at: '2026-11-27T00:00:02Z' }], more: false },
      ],
      {},
      10,
    );
    expect(entries.map(({ service }) => service)).toEqual(['payments', 'orders']);
  });

  test('keep the place of a service that does not answer', () => {
    const parts = [{ service: 'orders', entries: [{ seq: 9, at: '2026-11-27T00:00:01Z' }], more: true }];
    expect(auditPage(parts, { payments: 33 }, 10).next).toEqual({ orders: 9, payments: 33 });
  });
});

describe('the places of a page', () => {
  test('are the same after they were a word', () => {
    const places = { orders: 120, 'stock-taking': 'end', payments: 7 } as const;
    expect(placesOf(wordOf(places))).toEqual(places);
  });

  test.each([[''], ['orders'], ['orders.'], ['orders.-1'], ['orders.1~'], ['__proto__.1'], [`a.${'9'.repeat(16)}`]])(
    'are none in %j',
    (word) => {
      expect(placesOf(word)).toBeUndefined();
    },
  );
});
