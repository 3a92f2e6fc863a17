import { BEGINNING, type LeaseView, type RelaySession, SHARDS } from '@waybill/messaging';
import type { StoreDatabase, StoreSuite } from '../store-workbench.ts';
import { allShards, committed, connected, cursorAt } from './arranging.ts';

const LEASE_MS = 60_000;

export function relayLeases({ test, expect }: StoreSuite): void {
  const shardsOf = (each: readonly { readonly shard: number }[]): readonly number[] =>
    each.map(({ shard }) => shard).toSorted((a, b) => a - b);
  const ownersOf = (view: LeaseView): Record<number, string> =>
    Object.fromEntries(view.leases.flatMap(({ shard, owner }) => (owner === undefined ? [] : [[shard, owner]])));
  const two = async (
    database: StoreDatabase,
    use: (one: RelaySession, other: RelaySession) => Promise<void>,
  ): Promise<void> => connected(database, async (one) => connected(database, async (other) => use(one, other)));

  test('of a free shard is given with a new epoch and the cursor, at first before everything', async (database) => {
    await connected(database, async (session) => {
      const claimed = await session.claim('r-1', [0, 3, 15], LEASE_MS);
      expect(shardsOf(claimed)).toEqual([0, 3, 15]);
      for (const { epoch, cursor } of claimed) {
        expect(epoch).toBeGreaterThan(0);
        expect(cursor).toEqual(cursorAt(BEGINNING));
      }
    });
  });

  test('is not given to another while it lasts, and is when it has run out', async (database) => {
    await two(database, async (one, other) => {
      const [first] = await one.claim('r-1', [3], LEASE_MS);
      expect(shardsOf(await other.claim('r-2', [2, 3], LEASE_MS))).toEqual([2]);
      await database.pass(LEASE_MS + 1_000);
      const [second] = await other.claim('r-2', [3], LEASE_MS);
      expect(second?.epoch).toBeGreaterThan(first?.epoch ?? Infinity);
      expect(await one.claim('r-1', [3], LEASE_MS)).toEqual([]);
      const view = await one.lease('r-1', [{ shard: 3, epoch: first?.epoch ?? 0 }], LEASE_MS);
      expect(view.renewed).toEqual([]);
      expect(ownersOf(view)).toEqual({ 3: 'r-2' });
    });
  });

  test('may be claimed again by the relay that has it, with a new epoch', async (database) => {
    await two(database, async (one, other) => {
      const [first] = await one.claim('r-1', [3], LEASE_MS);
      const [again] = await other.claim('r-1', [3], LEASE_MS);
      expect(again?.epoch).toBeGreaterThan(first?.epoch ?? Infinity);
      // So that an earlier session of the same relay does not go on beside it.
      expect((await one.lease('r-1', [{ shard: 3, epoch: first?.epoch ?? 0 }], LEASE_MS)).renewed).toEqual([]);
      expect((await other.lease('r-1', [{ shard: 3, epoch: again?.epoch ?? 0 }], LEASE_MS)).renewed).toEqual([3]);
    });
  });

  test('is renewed for as long as asked for, under its own epoch', async (database) => {
    await two(database, async (one, other) => {
      const claimed = await one.claim('r-1', [3, 4], LEASE_MS);
      const epochs = claimed.map(({ shard, epoch }) => ({ shard, epoch: shard === 4 ? epoch - 1 : epoch }));
      await database.pass(LEASE_MS - 5_000);
      expect((await one.lease('r-1', epochs, LEASE_MS)).renewed).toEqual([3]);
      await database.pass(LEASE_MS - 5_000);
      expect(shardsOf(await other.claim('r-2', [3, 4], LEASE_MS))).toEqual([4]);
    });
  });

  test('that ran out and that nobody took goes on when it is renewed', async (database) => {
    await two(database, async (one, other) => {
      const claimed = await one.claim('r-1', [3], LEASE_MS);
      await database.pass(LEASE_MS + 1_000);
      expect(ownersOf(await other.lease('r-2', [], LEASE_MS))).toEqual({});
      expect((await one.lease('r-1', claimed, LEASE_MS)).renewed).toEqual([3]);
      expect(await other.claim('r-2', [3], LEASE_MS)).toEqual([]);
    });
  });

  test('is given up at once, by whom it belongs to alone, and the others hear of it', async (database) => {
    let told = 0;
    const events = { lost: () => undefined, notified: (what: string) => void (told += what === 'release' ? 1 : 0) };
    await connected(database, async (one) => {
      await connected(
        database,
        async (other) => {
          const claimed = await one.claim('r-1', [3], LEASE_MS);
          await other.release('r-2', claimed);
          await one.release('r-1', [{ shard: 3, epoch: (claimed[0]?.epoch ?? 0) - 1 }]);
          expect(await other.claim('r-2', [3], LEASE_MS)).toEqual([]);
          expect(told).toBe(0);
          await one.release('r-1', claimed);
          expect(shardsOf(await other.claim('r-2', [3], LEASE_MS))).toEqual([3]);
          // What another said before is heard with the answer to what is asked after it.
          if (other.listening) expect(told).toBe(1);
        },
        events,
      );
    });
  });

  test('of each shard is given to one of many that claim at once', async (database) => {
    await committed(database, 'a');
    const sessions = await Promise.all(
      Array.from({ length: 4 }, async () =>
        database.relayStore().connect({ notified: () => undefined, lost: () => undefined }),
      ),
    );
    try {
      const claims = sessions.map(async (session, n) => session.claim(`r-${n}`, allShards, LEASE_MS));
      expect(shardsOf((await Promise.all(claims)).flat())).toEqual(allShards);
    } finally {
      await Promise.all(sessions.map(async (session) => session.close()));
    }
  });

  test('round tells who is alive and what each has, and where the sequence of positions is', async (database) => {
    await two(database, async (one, other) => {
      expect(await one.lease('r-1', [], LEASE_MS)).toMatchObject({ renewed: [], alive: ['r-1'], releases: [] });
      await other.lease('r-2', [], 10 * LEASE_MS);
      await one.claim('r-1', [0, 1], LEASE_MS);
      const { lastPosition } = await one.lease('r-1', [], LEASE_MS);
      await committed(database, 'a', 'b');
      const view = await other.lease('r-2', [], 10 * LEASE_MS);
      expect(view.alive.toSorted()).toEqual(['r-1', 'r-2']);
      expect(view.leases.map(({ shard }) => shard)).toEqual(allShards);
      expect(view.leases).toHaveLength(SHARDS);
      expect(ownersOf(view)).toEqual({ 0: 'r-1', 1: 'r-1' });
      expect(view.lastPosition).toBe(lastPosition + 2);
      await database.pass(LEASE_MS + 1_000);
      expect((await other.lease('r-2', [], LEASE_MS)).alive).toEqual(['r-2']);
      await one.lease('r-1', [], LEASE_MS);
      await other.leave('r-2');
      expect((await one.lease('r-1', [], LEASE_MS)).alive).toEqual(['r-1']);
    });
  });
}
