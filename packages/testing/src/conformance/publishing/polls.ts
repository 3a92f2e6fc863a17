import { BEGINNING, boundsOf, deltaOf } from '@waybill/messaging';
import { meanwhile } from '../concurrency.ts';
import type { StoreSuite } from '../store-workbench.ts';
import {
  allShards,
  append,
  committed,
  connected,
  cursorAt,
  idInShard,
  namesOf,
  poll,
  pollDelta,
  shardOfId,
} from './arranging.ts';

export function relayPolls({ test, expect }: StoreSuite): void {
  test('of an empty outbox answers a snapshot and no rows', async (database) => {
    const { snapshot, standby, rows } = await connected(database, async (session) => poll(session, BEGINNING));
    expect(boundsOf(snapshot).xmax).toBeGreaterThan(0n);
    expect(standby).toBe(false);
    expect(rows).toEqual([]);
  });

  test('finds what was committed since the one before, once', async (database) => {
    await connected(database, async (session) => {
      await committed(database, 'a', 'b');
      const first = await poll(session, BEGINNING);
      expect(namesOf(first.rows)).toEqual(['a 1', 'b 1']);
      await committed(database, 'a');
      const second = await poll(session, first.snapshot);
      expect(namesOf(second.rows)).toEqual(['a 2']);
      expect((await poll(session, second.snapshot)).rows).toEqual([]);
      expect(namesOf((await poll(session, BEGINNING)).rows)).toEqual(['a 1', 'b 1', 'a 2']);
    });
  });

  test('finds what a long transaction wrote when that commits, and lets nobody wait for it', async (database) => {
    await connected(database, async (session) => {
      const long = await database.begin();
      await append(database, long, 'long');
      await committed(database, 'a');
      const first = await poll(session, BEGINNING);
      expect(namesOf(first.rows)).toEqual(['a 1']);
      await committed(database, 'a');
      const second = await poll(session, first.snapshot);
      expect(namesOf(second.rows)).toEqual(['a 2']);
      await long.commit();
      const third = await poll(session, second.snapshot);
      expect(namesOf(third.rows)).toEqual(['long 1']);
      expect((await poll(session, third.snapshot)).rows).toEqual([]);
    });
  });

  test('finds what the youngest transaction wrote, whose id is the next of the snapshot before', async (database) => {
    await connected(database, async (session) => {
      let cursor = (await poll(session, BEGINNING)).snapshot;
      for (let n = 1; n <= 20; n += 1) {
        const tx = await database.begin();
        await append(database, tx, 'a');
        const before = await poll(session, cursor);
        expect(before.rows).toEqual([]);
        await tx.commit();
        const after = await poll(session, before.snapshot);
        expect(namesOf(after.rows)).toEqual([`a ${n}`]);
        cursor = after.snapshot;
      }
    });
  });

  test('takes a transaction’s id for the bound of a delta and for one in flight alike', async (database) => {
    await connected(database, async (session) => {
      const before = boundsOf((await poll(session, BEGINNING)).snapshot).xmin;
      await committed(database, 'a');
      const after = boundsOf((await poll(session, BEGINNING)).snapshot).xmax;
      const foundFrom = async (from: bigint, inFlight: readonly bigint[] = []): Promise<boolean> =>
        (await pollDelta(session, { from, inFlight, to: undefined, position: undefined })).rows.length > 0;
      let id = before;
      while (id < after && (await foundFrom(id + 1n))) id += 1n;
      expect(await foundFrom(id)).toBe(true);
      expect(await foundFrom(id + 1n)).toBe(false);
      expect(await foundFrom(id + 1n, [id])).toBe(true);
      expect(await foundFrom(id + 2n, [id + 1n, id + 100n])).toBe(false);
    });
  });

  test('never finds what was rolled back, and finds what a savepoint kept', async (database) => {
    await connected(database, async (session) => {
      const given = await database.begin();
      await append(database, given, 'given-up');
      const tx = await database.begin();
      // The transaction's first write is undone, and with it the id that it took for that part.
      await tx.savepoint(async () => void (await append(database, tx, 'undone')), 'undo');
      const before = await poll(session, BEGINNING);
      await tx.savepoint(async () => void (await append(database, tx, 'kept')), 'keep');
      await tx.savepoint(async () => {
        await append(database, tx, 'outer');
        await tx.savepoint(async () => void (await append(database, tx, 'inner')), 'undo');
      }, 'keep');
      await committed(database, 'other');
      const between = await poll(session, before.snapshot);
      expect(namesOf([...before.rows, ...between.rows])).toEqual(['other 1']);
      await tx.commit();
      await given.rollback();
      expect(namesOf((await poll(session, between.snapshot)).rows)).toEqual(['kept 1', 'outer 1']);
    });
  });

  test('is in the order of positions, whether a transaction was running at the one before or not', async (database) => {
    await connected(database, async (session) => {
      const late = await database.begin();
      await append(database, late, 'late');
      await committed(database, 'before');
      const { snapshot } = await poll(session, BEGINNING);
      await committed(database, 'between');
      await append(database, late, 'late');
      await committed(database, 'after');
      await late.commit();
      await committed(database, 'last');
      const { rows } = await poll(session, snapshot);
      expect(namesOf(rows)).toEqual(['late 1', 'between 1', 'late 2', 'after 1', 'last 1']);
    });
  });

  test('keeps the order of versions when the older transaction writes the later one', async (database) => {
    await connected(database, async (session) => {
      const older = await database.begin();
      await append(database, older, 'other');
      for (const prev of [BEGINNING, (await poll(session, BEGINNING)).snapshot]) {
        await committed(database, 'a');
        if (prev !== BEGINNING) await append(database, older, 'a');
      }
      await committed(database, 'b');
      const { snapshot } = await poll(session, BEGINNING);
      await older.commit();
      await committed(database, 'a');
      const all = await poll(session, BEGINNING);
      expect(namesOf(all.rows.filter(({ aggregateId }) => aggregateId === 'a'))).toEqual(['a 1', 'a 2', 'a 3', 'a 4']);
      expect(namesOf((await poll(session, snapshot)).rows)).toEqual(['other 1', 'a 3', 'a 4']);
    });
  });

  test('has the rows of the shards asked for alone', async (database) => {
    const ids = allShards.map(idInShard);
    await committed(database, ...ids);
    await connected(database, async (session) => {
      for (const shards of [[0], [15], [3, 4], allShards]) {
        const { rows } = await poll(session, BEGINNING, { shards });
        expect(rows.map(({ aggregateId }) => shardOfId(aggregateId))).toEqual(shards);
      }
    });
  });

  test('has the whole delta up to its limit, and more rows than that when there are more', async (database) => {
    await connected(database, async (session) => {
      await committed(database, 'a', 'b', 'c');
      await committed(database, 'a', 'b');
      for (const limit of [5, 6, 100]) expect((await poll(session, BEGINNING, { limit })).rows).toHaveLength(5);
      for (const limit of [1, 3, 4]) {
        expect((await poll(session, BEGINNING, { limit })).rows.length).toBeGreaterThan(limit);
      }
    });
  });

  test('tells of more rows than its limit also when one late transaction wrote them', async (database) => {
    await connected(database, async (session) => {
      const late = await database.begin();
      await append(database, late, 'l1', 'l2', 'l3', 'l4');
      await committed(database, 'a');
      const { snapshot } = await poll(session, BEGINNING);
      await late.commit();
      expect(namesOf((await poll(session, snapshot, { limit: 4 })).rows)).toEqual(['l1 1', 'l2 1', 'l3 1', 'l4 1']);
      expect((await poll(session, snapshot, { limit: 3 })).rows.length).toBeGreaterThan(3);
    });
  });

  test('of several groups is at one and the same snapshot, while others commit', async (database) => {
    const ids = allShards.map(idInShard);
    await connected(database, async (session) => {
      const polling = async (): Promise<void> => {
        for (let round = 0; round < 8; round += 1) {
          const { snapshot: prev } = await poll(session, BEGINNING, { limit: 1 });
          const delta = deltaOf(cursorAt(prev));
          const answers = await session.poll(
            allShards.map((shard) => ({ delta, shards: [shard] })),
            1_000,
          );
          expect(new Set(answers.map(({ snapshot }) => snapshot)).size).toBe(1);
          // Each transaction wrote one row of every shard, so every group saw as many.
          expect(new Set(answers.map(({ rows }) => rows.length)).size).toBe(1);
        }
      };
      await meanwhile(polling(), async () => committed(database, ...ids));
      await committed(database, 'later');
      const all = await poll(session, BEGINNING, { limit: 100_000 });
      expect(namesOf(all.rows)).toContain('later 1');
    });
  });

  test('of several groups has the rows of each', async (database) => {
    const ids = [idInShard(1), idInShard(2)];
    await connected(database, async (session) => {
      await committed(database, ...ids);
      const { snapshot } = await poll(session, BEGINNING);
      await committed(database, ...ids);
      const delta = { inFlight: [], to: undefined, position: undefined };
      const answers = await session.poll(
        [
          { delta: { ...delta, from: 1n }, shards: [1] },
          { delta: { ...delta, from: boundsOf(snapshot).xmax }, shards: [2, 3] },
        ],
        10,
      );
      expect(answers.map(({ rows }) => namesOf(rows))).toEqual([[`${ids[0]} 1`, `${ids[0]} 2`], [`${ids[1]} 2`]]);
      expect(await session.poll([], 10)).toEqual([]);
    });
  });
}
