import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import {
  afterChunk,
  afterPoll,
  boundsOf,
  canFollow,
  type Cursor,
  groupByCursor,
  type OutboxRow,
  startBacklog,
} from '../../../src/index.ts';

const rows = (...positions: number[]): OutboxRow[] => positions.map((position) => ({ position }) as OutboxRow);

describe('the cursor', () => {
  it('takes a poll with at most the limit as the whole delta', () => {
    expect(afterPoll({ snapshot: '9:9:', rows: rows(1, 2) }, 2)).toEqual({
      outcome: 'whole',
      cursor: { prev: '9:9:', backlog: undefined },
    });
  });

  it('throws an overflowing poll away and fixes its snapshot as the target', () => {
    expect(afterPoll({ snapshot: '9:9:', rows: rows(7, 8, 9) }, 2)).toEqual({ outcome: 'overflow', target: '9:9:' });
    expect(startBacklog('5:5:', '9:9:', 4)).toEqual({ prev: '5:5:', backlog: { target: '9:9:', position: 3 } });
  });

  it('goes on from the last position while chunks are full, and then from the target, not from a newer snapshot', () => {
    const cursor = { prev: '5:5:', backlog: { target: '9:9:', position: 3 } };
    expect(afterChunk(cursor, rows(4, 6), 2)).toEqual({ prev: '5:5:', backlog: { target: '9:9:', position: 6 } });
    expect(afterChunk(cursor, rows(4), 2)).toEqual({ prev: '9:9:', backlog: undefined });
    expect(afterChunk(cursor, [], 2)).toEqual({ prev: '9:9:', backlog: undefined });
  });

  it('reads every row of a delta exactly once, in position order, whatever the limit', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 10_000 })),
        fc.integer({ min: 1, max: 7 }),
        (positions, limit) => {
          const delta = positions.toSorted((a, b) => a - b);
          const read: number[] = [];
          const after = afterPoll({ snapshot: '9:9:', rows: rows(...delta.slice(0, limit + 1)) }, limit);
          let end;
          if (after.outcome === 'whole') {
            read.push(...delta);
            end = after.cursor.prev;
          } else {
            let cursor: Cursor = startBacklog('5:5:', after.target, delta[0] ?? 1);
            while (cursor.backlog) {
              const { backlog } = cursor;
              const chunk = delta.filter((position) => position > backlog.position).slice(0, limit);
              read.push(...chunk);
              cursor = afterChunk({ prev: cursor.prev, backlog }, rows(...chunk), limit);
            }
            end = cursor.prev;
          }
          expect(end).toBe('9:9:');
          expect(read).toEqual(delta);
        },
      ),
    );
  });

  it('groups the shards whose prev, target and position are all the same', () => {
    const same = { prev: '5:5:', backlog: undefined };
    const groups = groupByCursor([
      { shard: 3, cursor: { prev: '5:5:', backlog: { target: '9:9:', position: 2 } } },
      { shard: 1, cursor: same },
      { shard: 0, cursor: { ...same } },
    ]);
    expect(groups.map(({ shards }) => shards)).toEqual([[0, 1], [3]]);
  });
});

describe('transaction snapshots', () => {
  it('are read beyond 2^53', () => {
    expect(boundsOf('9007199254740993:9007199254740995:9007199254740993')).toEqual({
      xmin: 9007199254740993n,
      xmax: 9007199254740995n,
      inFlight: [9007199254740993n],
    });
    expect(boundsOf('5:5:').inFlight).toEqual([]);
    expect(() => boundsOf('none')).toThrow(RangeError);
    expect(() => boundsOf('5:9:7,')).toThrow(RangeError);
  });

  it('never follow one with a higher bound', () => {
    expect(canFollow('10:12:10', '10:12:10')).toBe(true);
    expect(canFollow('10:12:10', '12:12:')).toBe(true);
    expect(canFollow('10:12:10', '10:11:')).toBe(false);
    expect(canFollow('10:12:10', '9:12:')).toBe(false);
  });
});
