import { BEGINNING } from '@waybill/messaging';
import { eventually } from '../../eventually.ts';
import type { StoreSuite } from '../store-workbench.ts';
import { append, committed, connected, cursorAt, namesOf, poll } from './arranging.ts';

const LEASE_MS = 60_000;

export function relaySessions({ test, expect }: StoreSuite): void {
  test('says once that it is lost when its connection is cut, and what is asked of it fails', async (database) => {
    const lost: Error[] = [];
    const session = await database
      .relayStore()
      .connect({ notified: () => undefined, lost: (error) => void lost.push(error) });
    const [shard] = await session.claim('r-1', [3], LEASE_MS);
    await committed(database, 'a');
    await database.cutConnections();
    await eventually(() => lost.length > 0, { what: 'the loss of the session' });
    await expect(poll(session, BEGINNING)).rejects.toThrow(Error);
    const save = session.save([{ shard: 3, epoch: shard?.epoch ?? 0, cursor: cursorAt('5:5:') }], {
      held: [],
      released: [],
    });
    await expect(save).rejects.toThrow(Error);
    await session.close();
    expect(lost).toHaveLength(1);
    expect(lost[0]).toBeInstanceOf(Error);
  });

  test('that comes after a lost one goes on from what was saved', async (database) => {
    const store = database.relayStore();
    const quiet = { notified: () => undefined, lost: () => undefined };
    const first = await store.connect(quiet);
    const [shard] = await first.claim('r-1', [3], LEASE_MS);
    await first.save([{ shard: 3, epoch: shard?.epoch ?? 0, cursor: cursorAt('5:6:5') }], { held: [], released: [] });
    const writing = await database.begin();
    await append(database, writing, 'a');
    await committed(database, 'b');
    await database.cutConnections();
    await first.close();
    await writing.rollback().catch(() => undefined);
    const second = await store.connect(quiet);
    const [again] = await second.claim('r-1', [3], LEASE_MS);
    expect(again?.cursor).toEqual(cursorAt('5:6:5'));
    expect(again?.epoch).toBeGreaterThan(shard?.epoch ?? Infinity);
    // What had not been committed is gone with its connection.
    expect(namesOf((await poll(second, BEGINNING)).rows)).toEqual(['b 1']);
    await second.close();
  });

  test('that was closed is not lost, and may be closed again', async (database) => {
    const lost: Error[] = [];
    const session = await database
      .relayStore()
      .connect({ notified: () => undefined, lost: (error) => void lost.push(error) });
    await session.close();
    await session.close();
    expect(lost).toEqual([]);
  });

  test('maintains the outbox while others write and read', async (database) => {
    await connected(database, async (session) => {
      const writing = await database.begin();
      await append(database, writing, 'a');
      await Promise.all([session.maintain(), connected(database, async (other) => other.maintain())]);
      await writing.commit();
      expect(namesOf((await poll(session, BEGINNING)).rows)).toEqual(['a 1']);
    });
  });
}
