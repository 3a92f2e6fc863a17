import { describe, expect, it } from 'vitest';
import { type FailureGroup, type KnownGroup, shownGroups, unevenGroups } from '../../src/domain/failure-groups.ts';

const asked = new Date('2026-11-27T12:00:00.000Z');
const before = new Date('2026-11-27T11:59:59.000Z');
const after = new Date('2026-11-27T12:00:01.000Z');

function group(given: Partial<FailureGroup> = {}): FailureGroup {
  return {
    ...{ fingerprint: 'f', consumer: 'orders.payments', types: ['T'], errorType: 'E', errorCode: 'e', message: 'm' },
    ...{ entries: 3, dead: 2, retrying: 1, blockedEntities: 2, blockedEvents: 9, hours: [1, 2, 3] },
    ...{ firstAt: '2026-11-27T10:00:00.000Z', lastAt: '2026-11-27T11:00:00.000Z', ...given },
  };
}

function known(given: Partial<KnownGroup> = {}): KnownGroup {
  return {
    ...group({ blockedEvents: 0, hours: [0, 0, 1] }),
    service: 'orders',
    touchedAt: before,
    unnumbered: 0,
    ...given,
  };
}

const told = (groups: readonly FailureGroup[], extent: 'all' | 'worst' = 'all') => [
  { service: 'orders', at: asked, groups, extent },
];

describe('groups of failures', () => {
  it('are what the service said last', () => {
    const own = group();
    expect(shownGroups(told([own]), [known({ entries: 1, dead: 1, retrying: 0 })])).toEqual([
      { ...own, service: 'orders' },
    ]);
  });

  it('are there though no fact told of them', () => {
    expect(shownGroups(told([group()]), [])).toEqual([{ ...group(), service: 'orders' }]);
  });

  it('have what facts told since, and the rest of it from the service', () => {
    const facts = known({ entries: 4, dead: 4, retrying: 0, message: 'new', touchedAt: after });
    expect(shownGroups(told([group()]), [facts])).toEqual([
      { ...group({ entries: 4, dead: 4, retrying: 0, message: 'new' }), service: 'orders' },
    ]);
  });

  it('are gone once facts told that all is done', () => {
    const facts = known({ entries: 0, dead: 0, retrying: 0, touchedAt: after });
    expect(shownGroups(told([group()]), [facts])).toEqual([]);
  });

  it('that the service does not have any more are not shown, unless they failed since', () => {
    expect(shownGroups(told([]), [known()])).toEqual([]);
    expect(shownGroups(told([]), [known({ touchedAt: after })])).toMatchObject([{ service: 'orders', entries: 3 }]);
  });

  it('beyond those that the service tells of are known by facts', () => {
    const other = known({ fingerprint: 'g' });
    expect(shownGroups(told([group()], 'worst'), [other]).map(({ fingerprint }) => fingerprint)).toEqual(['f', 'g']);
  });

  it('of a service that never answered are known by facts, and by nothing else of the console', () => {
    expect(shownGroups([], [known()])).toEqual([
      { ...group({ blockedEvents: 0, hours: [0, 0, 1] }), service: 'orders' },
    ]);
  });
});

describe('what is to be listed', () => {
  const uneven = (own: readonly KnownGroup[], most = 100) =>
    unevenGroups({ service: 'orders', groups: [group()] }, own, most).length;

  it('is a group whose entries are not all known, or of which too many are', () => {
    expect(uneven([])).toBe(1);
    expect(uneven([known()])).toBe(0);
    expect(uneven([known({ dead: 1 })])).toBe(1);
    expect(uneven([known({ retrying: 2 })])).toBe(1);
    expect(uneven([known({ unnumbered: 1 })])).toBe(1);
    expect(uneven([known({ service: 'payments' })])).toBe(1);
  });

  it('is no group that is too large, once enough of it is known', () => {
    expect(uneven([known({ entries: 1, dead: 1 })], 2)).toBe(1);
    expect(uneven([known({ entries: 2, dead: 1 })], 2)).toBe(0);
  });
});
