import { BEGINNING, type Cursor, deltaOf, type Held, type RelaySession, slotOf } from '@waybill/messaging';
import type { StoreDatabase, StoreSuite } from '../store-workbench.ts';
import { allShards, append, committed, connected, cursorAt, idInShard, namesOf, poll } from './arranging.ts';

const LEASE_MS = 60_000;
const nothing = { held: [], released: [] };

export function relayCursors({ test, expect }: StoreSuite): void {
  const cursorOf = async (session: RelaySession, relay: string, shard: number): Promise<Cursor | undefined> =>
    (await session.claim(relay, [shard], LEASE_MS))[0]?.cursor;
  const heldOf = (aggregateId: string, changes: Partial<Held> = {}): Held => ({
    kind: 'event',
    tenant: '',
    aggregateType: 'orders.order',
    aggregateId,
    slot: slotOf(aggregateId),
    fromVersion: 2,
    position: 7,
    code: 'too-large',
    message: 'too large: "Grüße"',
    ...changes,
  });
  const claimed = async (
    database: StoreDatabase,
    use: (session: RelaySession, shards: readonly { shard: number; epoch: number }[]) => Promise<void>,
  ): Promise<void> =>
    connected(database, async (session) => use(session, await session.claim('r-1', allShards, LEASE_MS)));

  test('is saved with its target and position as one, and is what the next claim answers', async (database) => {
    await claimed(database, async (session, shards) => {
      const epoch = (shard: number): number => shards.find((each) => each.shard === shard)?.epoch ?? 0;
      const inside: Cursor = { prev: '10:20:11,15', backlog: { target: '12:30:12,25', position: 1_234_567_890_123 } };
      const saved = [
        { shard: 3, epoch: epoch(3), cursor: inside },
        { shard: 4, epoch: epoch(4), cursor: cursorAt('5000000000:5000000001:') },
      ];
      expect([...(await session.save(saved, nothing))].toSorted((a, b) => a - b)).toEqual([3, 4]);
      expect(await cursorOf(session, 'r-1', 3)).toEqual(inside);
      expect(await cursorOf(session, 'r-1', 4)).toEqual(cursorAt('5000000000:5000000001:'));
      expect(await cursorOf(session, 'r-1', 5)).toEqual(cursorAt(BEGINNING));
    });
  });

  test('loses its target when it is saved without one', async (database) => {
    await connected(database, async (session) => {
      for (const cursor of [{ prev: '5:5:', backlog: { target: '9:9:', position: 4 } }, cursorAt('9:9:')]) {
        const [shard] = await session.claim('r-1', [3], LEASE_MS);
        await session.save([{ shard: 3, epoch: shard?.epoch ?? 0, cursor }], nothing);
        expect(await cursorOf(session, 'r-1', 3)).toEqual(cursor);
      }
    });
  });

  test('is not moved by a relay whose shard another has claimed since', async (database) => {
    await connected(database, async (zombie) => {
      const [stale, good] = await zombie.claim('zombie', [3, 4], LEASE_MS);
      await database.pass(LEASE_MS + 1_000);
      await connected(database, async (heir) => {
        const [taken] = await heir.claim('heir', [stale?.shard ?? -1], LEASE_MS);
        const moves = [stale, good].flatMap((each) => (each ? [{ ...each, cursor: cursorAt('5:5:') }] : []));
        expect(await zombie.save(moves, nothing)).toEqual([good?.shard]);
        expect(await cursorOf(heir, 'heir', stale?.shard ?? -1)).toEqual(cursorAt(BEGINNING));
        expect(await cursorOf(zombie, 'zombie', good?.shard ?? -1)).toEqual(cursorAt('5:5:'));
        expect(taken?.epoch).toBeGreaterThan(stale?.epoch ?? Infinity);
      });
    });
  });

  test('is saved with what is held and released, which the next relay of the shard finds', async (database) => {
    await claimed(database, async (session, shards) => {
      const [one, two] = [idInShard(1), idInShard(2)];
      const moves = shards.map((each) => ({ ...each, cursor: cursorAt('5:5:') }));
      const snapshot = heldOf(one, { kind: 'snapshot', fromVersion: 9 });
      await session.save(moves, { held: [heldOf(one), snapshot, heldOf(two)], released: [] });
      const found = async (...wanted: readonly number[]): Promise<readonly Held[]> =>
        [...(await session.held(wanted))].toSorted((a, b) => a.fromVersion - b.fromVersion || a.slot - b.slot);
      expect(await found(1)).toEqual([heldOf(one), snapshot]);
      expect(await found(3)).toEqual([]);
      const moved = heldOf(one, { fromVersion: 4, position: 11, code: 'not-encodable', message: 'other' });
      await session.save(moves, { held: [moved], released: [heldOf(two), snapshot] });
      expect(await found(1, 2)).toEqual([moved]);
    });
  });

  test('that is fenced records neither what is held nor what is released', async (database) => {
    await connected(database, async (zombie) => {
      const [one, two] = [idInShard(1), idInShard(2)];
      const shards = await zombie.claim('zombie', [1, 2], LEASE_MS);
      const moves = shards.map((each) => ({ ...each, cursor: cursorAt('5:5:') }));
      await zombie.save(moves, { held: [heldOf(one)], released: [] });
      await database.pass(LEASE_MS + 1_000);
      await connected(database, async (heir) => {
        await heir.claim('heir', [1], LEASE_MS);
        const changed = { held: [heldOf(idInShard(1), { fromVersion: 1 }), heldOf(two)], released: [] };
        expect(await zombie.save(moves, changed)).toEqual([2]);
        expect(await heir.held([1, 2])).toEqual(expect.arrayContaining([heldOf(one), heldOf(two)]));
        expect(await zombie.save(moves, { held: [], released: [heldOf(one), heldOf(two)] })).toEqual([2]);
        expect(await heir.held([1, 2])).toEqual([heldOf(one)]);
      });
    });
  });

  test('tells what of a held aggregate it has passed, from the held version on', async (database) => {
    await connected(database, async (session) => {
      await committed(database, 'bad', 'good', 'bad', 'bad');
      const { snapshot, rows } = await poll(session, BEGINNING);
      const running = await database.begin();
      await append(database, running, 'bad');
      const passed = async (cursor: Cursor, held = heldOf('bad')): Promise<readonly string[]> =>
        namesOf(await session.heldRows(held, deltaOf(cursor)));
      expect(await passed(cursorAt(snapshot))).toEqual(['bad 2', 'bad 3']);
      expect(await passed(cursorAt(BEGINNING))).toEqual([]);
      expect(await passed(cursorAt(snapshot), heldOf('bad', { tenant: 'acme' }))).toEqual([]);
      expect(await passed(cursorAt(snapshot), heldOf('bad', { kind: 'snapshot' }))).toEqual([]);
      await running.commit();
      expect(await passed(cursorAt(snapshot))).toEqual(['bad 2', 'bad 3']);
      const { snapshot: target } = await poll(session, snapshot);
      const third = rows.at(-1)?.position ?? 0;
      expect(await passed({ prev: BEGINNING, backlog: { target, position: third - 1 } })).toEqual(['bad 2']);
      expect(await passed({ prev: BEGINNING, backlog: { target, position: third } })).toEqual(['bad 2', 'bad 3']);
      expect(await passed({ prev: BEGINNING, backlog: { target: snapshot, position: third + 9 } })).toEqual([
        'bad 2',
        'bad 3',
      ]);
      expect(await passed(cursorAt(target))).toEqual(['bad 2', 'bad 3', 'bad 4']);
    });
  });
}
