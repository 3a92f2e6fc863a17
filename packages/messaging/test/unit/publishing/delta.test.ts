import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf, type Delta, deltaOf, type TransactionSnapshot } from '../../../src/index.ts';

/** `pg_visible_in_snapshot`. */
function isVisible(xid: bigint, snapshot: TransactionSnapshot): boolean {
  const { xmin, xmax, inFlight } = boundsOf(snapshot);
  return xid < xmin || (xid < xmax && !inFlight.includes(xid));
}

/** What a store does with a delta. */
function belongs(row: { readonly xid: bigint; readonly position: number }, delta: Delta): boolean {
  const isAfter = row.xid >= delta.from || delta.inFlight.includes(row.xid);
  const isBefore = delta.to === undefined || (row.xid < delta.to.xmax && !delta.to.inFlight.includes(row.xid));
  return isAfter && isBefore && (delta.position === undefined || row.position > delta.position);
}

const snapshot = fc.uniqueArray(fc.bigInt({ min: 3n, max: 40n }), { minLength: 1, maxLength: 6 }).map((ids) => {
  const sorted = ids.toSorted((a, b) => Number(a - b));
  return `${sorted[0]}:${sorted.at(-1)}:${sorted.slice(0, -1).join(',')}`;
});
const row = fc.record({ xid: fc.bigInt({ min: 1n, max: 50n }), position: fc.integer({ min: 1, max: 20 }) });

describe('a delta', () => {
  it('takes the snapshots of a cursor apart', () => {
    expect(deltaOf({ prev: '5:9:5,7', backlog: undefined })).toEqual({
      from: 9n,
      inFlight: [5n, 7n],
      to: undefined,
      position: undefined,
    });
    expect(deltaOf({ prev: '5:5:', backlog: { target: '6:8:6', position: 3 } })).toEqual({
      from: 5n,
      inFlight: [],
      to: { xmin: 6n, xmax: 8n, inFlight: [6n] },
      position: 3,
    });
  });

  it('has exactly what a poll could not see before', () => {
    fc.assert(
      fc.property(snapshot, row, (prev, each) => {
        expect(belongs(each, deltaOf({ prev, backlog: undefined }))).toBe(!isVisible(each.xid, prev));
      }),
    );
  });

  it('has, of a backlog, exactly what its target sees, its start did not, and its position has not passed', () => {
    fc.assert(
      fc.property(snapshot, snapshot, row, fc.integer({ min: 0, max: 20 }), (prev, target, each, position) => {
        const expected = !isVisible(each.xid, prev) && isVisible(each.xid, target) && each.position > position;
        expect(belongs(each, deltaOf({ prev, backlog: { target, position } }))).toBe(expected);
      }),
    );
  });
});
