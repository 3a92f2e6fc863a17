import { type OutboxEntry, VersionConflictError } from '@waybill/messaging';
import { holding, queuedBehind, untilWaiting } from './concurrency.ts';
import { append, committed, entries, entry, everything, namesOf, versionsOf } from './publishing/arranging.ts';
import { type StoreDatabase, storeSuite, type StoreWorkbench } from './store-workbench.ts';
import type { TestApi } from './workbench.ts';

/**
 * What every `OutboxStore` must do. What was appended is read back through the relay's store of the same database.
 * @example outboxConformance({ describe, it, expect }, 'PostgreSQL', () => workbench);
 */
export function outboxConformance(api: TestApi, name: string, workbench: () => StoreWorkbench): void {
  const { test, expect } = storeSuite(api, workbench);

  api.describe(`${name} as an outbox`, () => {
    const kept = async (database: StoreDatabase, written: OutboxEntry): Promise<void> => {
      const tx = await database.begin();
      await database.outbox.append(tx, [written]);
      await tx.commit();
      const row = (await everything(database)).find(({ id }) => id === written.id);
      const { major: _major, fact: _fact, version: _version, payload, ...rest } = written;
      expect({ ...row, payload: [...(row?.payload ?? [])] }).toEqual({
        ...rest,
        payload: [...payload],
        position: expect.any(Number) as number,
        aggregateVersion: 1,
        specVersion: '1.0',
      });
    };

    test('keeps a row as it is written, and writes nothing for nothing', async (database) => {
      const full = {
        tenant: 'acme',
        payload: new Uint8Array([0, 0, 0, 0, 7, 0, 255, 128]),
        causationId: '0198bbbb-0000-7000-8000-00000000ffff',
        renditions: '1,2',
        traceparent: '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01',
        tracestate: 'vendor=1',
        baggage: 'note=Gr%C3%BC%C3%9Fe',
        correlationId: 'ключ "quoted" \\ back',
      };
      const tx = await database.begin();
      expect(await database.outbox.append(tx, [])).toEqual([]);
      await tx.commit();
      expect(await everything(database)).toEqual([]);
      // One event of one rendition, at the next version, is what nearly every call writes.
      await kept(database, entry('plain'));
      await kept(database, entry('full', { ...full, renditions: null }));
      await kept(database, entry('rendition', full));
      await kept(database, entry('snapshot', { ...full, kind: 'snapshot', version: { take: 'given', version: 1 } }));
      expect(await everything(database)).toHaveLength(4);
    });

    test('numbers the events of an aggregate 1, 2, 3 over calls and transactions', async (database) => {
      const tx = await database.begin();
      expect(await append(database, tx, 'z', 'y', 'z')).toEqual([1, 1, 2]);
      expect(await append(database, tx, 'y', 'z')).toEqual([2, 3]);
      await tx.commit();
      expect(await committed(database, 'z')).toEqual([4]);
      // Positions follow the order given, and so the versions of each.
      expect(namesOf(await everything(database))).toEqual(['z 1', 'y 1', 'z 2', 'y 2', 'z 3', 'z 4']);
    });

    test('leaves no hole when transactions or savepoints are rolled back', async (database) => {
      for (const end of ['commit', 'rollback', 'commit', 'rollback', 'rollback', 'commit'] as const) {
        const tx = await database.begin();
        await append(database, tx, 'a');
        await tx[end]();
      }
      const tx = await database.begin();
      await tx.savepoint(async () => void (await append(database, tx, 'a', 'b')), 'undo');
      await tx.savepoint(async () => void (await append(database, tx, 'a')), 'keep');
      expect(await append(database, tx, 'a', 'b')).toEqual([5, 1]);
      await tx.commit();
      const rows = await everything(database);
      expect(versionsOf(rows, 'a')).toEqual([1, 2, 3, 4, 5]);
      expect(versionsOf(rows, 'b')).toEqual([1]);
    });

    test('gives the renditions of a fact one version, and a snapshot the one that it was taken at', async (database) => {
      await committed(database, 'a', 'a');
      const tx = await database.begin();
      const versions = await database.outbox.append(tx, [
        entry('a', { fact: 1, major: 2, type: 'orders.v2.OrderPlaced' }),
        entry('a', { fact: 1 }),
        entry('a', { fact: 2, kind: 'snapshot', version: { take: 'given', version: 2 }, type: 'orders.v1.Order' }),
        entry('a', { fact: 3 }),
      ]);
      await tx.commit();
      expect(versions.map(({ version }) => version)).toEqual([3, 3, 2, 4]);
      const rows = await everything(database);
      expect(versionsOf(rows, 'a')).toEqual([1, 2, 3, 3, 4]);
      expect(versionsOf(rows, 'a', 'snapshot')).toEqual([2]);
      expect(await committed(database, 'a')).toEqual([5]);
    });

    test('takes an expected version that is the next one, and refuses every other', async (database) => {
      const expecting = (expected: number) => entry('a', { version: { take: 'next', expected } });
      const tx = await database.begin();
      expect(await database.outbox.append(tx, [expecting(1)])).toEqual([{ version: 1 }]);
      await tx.commit();
      for (const wrong of [1, 3]) {
        for (const call of [[expecting(wrong)], [expecting(wrong), entry('c', { fact: 2 })]]) {
          const refused = await database.begin();
          await append(database, refused, 'b');
          await expect(database.outbox.append(refused, call)).rejects.toThrow(VersionConflictError);
          // Whether the commit says so or not, it keeps nothing.
          await refused.commit().catch(() => undefined);
        }
      }
      expect(namesOf(await everything(database))).toEqual(['a 1']);
      const next = await database.begin();
      expect(await database.outbox.append(next, [expecting(2)])).toEqual([{ version: 2 }]);
      await next.commit();
    });

    test('lets the second writer of an aggregate wait, and gives it the version after the first', async (database) => {
      for (const ids of [['a'], ['b', 'b']]) {
        const [first, second] = [await database.begin(), await database.begin()];
        await append(database, first, ...ids);
        const waiting = append(database, second, ...ids);
        await untilWaiting(database);
        await append(database, first, ...ids);
        await first.commit();
        expect(await waiting).toEqual(ids.map((_, index) => 2 * ids.length + index + 1));
        await second.commit();
      }
      const names = ['a 1', 'a 2', 'a 3', 'b 1', 'b 2', 'b 3', 'b 4', 'b 5', 'b 6'];
      expect(namesOf(await everything(database))).toEqual(names);
    });

    test('gives the second writer of an aggregate the version that the first gave up', async (database) => {
      const [first, second] = [await database.begin(), await database.begin()];
      await append(database, first, 'a');
      const waiting = append(database, second, 'a');
      await untilWaiting(database);
      await first.rollback();
      expect(await waiting).toEqual([1]);
      await second.commit();
    });

    test('does not let writers of different aggregates wait for each other', async (database) => {
      const [first, second, third] = [await database.begin(), await database.begin(), await database.begin()];
      await append(database, first, 'a');
      expect(await append(database, second, 'b')).toEqual([1]);
      expect(await database.outbox.append(third, [entry('a', { tenant: 'acme' })])).toEqual([{ version: 1 }]);
      const invoice = entry('a', { aggregateType: 'orders.invoice' });
      expect(await database.outbox.append(third, [invoice])).toEqual([{ version: 1 }]);
      for (const each of [first, second, third]) await each.commit();
    });

    test('does not deadlock when many write the same aggregates in different orders', async (database) => {
      const ids = ['d', 'b', 'e', 'a', 'c'];
      const middle = await database.begin();
      await append(database, middle, 'e');
      await queuedBehind(middle, database, [
        () => committed(database, ...ids),
        () => committed(database, ...ids.toReversed()),
      ]);
      const rounds = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? ids : ids.toReversed()));
      await Promise.all(rounds.map(async (order) => committed(database, ...order)));
      const rows = await everything(database);
      for (const id of ids) {
        const count = id === 'e' ? 43 : 42;
        expect(versionsOf(rows, id)).toEqual(Array.from({ length: count }, (_, n) => n + 1));
      }
    });

    test('draws positions in the order of versions, whoever writes them', async (database) => {
      const writers = Array.from({ length: 8 }, async () => {
        for (let n = 0; n < 10; n += 1) await committed(database, ...(n % 2 === 0 ? ['hot'] : ['hot', 'hot', 'hot']));
      });
      await Promise.all(writers);
      const rows = await everything(database);
      expect(versionsOf(rows, 'hot')).toEqual(Array.from({ length: 160 }, (_, n) => n + 1));
      expect(rows.map(({ position }) => position)).toEqual(
        rows.map(({ position }) => position).toSorted((a, b) => a - b),
      );
    });

    test('commits what a handler publishes with the handler’s transaction, or not at all', async (database) => {
      const store = database.inbox();
      const failing = store.transaction(async (tx) => {
        await database.outbox.append(tx.db, entries('a'));
        throw new Error('given up');
      });
      await expect(failing).rejects.toThrow('given up');
      await store.transaction(async (tx) => {
        const undone = tx.savepoint(async () => {
          await database.outbox.append(tx.db, entries('a', 'b'));
          throw new Error('the handler failed');
        });
        await expect(undone).rejects.toThrow('the handler failed');
        await database.outbox.append(tx.db, entries('c'));
      });
      expect(namesOf(await everything(database))).toEqual(['c 1']);
    });

    test('shows nothing of a transaction that is open', async (database) => {
      const open = await holding(database.inbox(), async (tx) => database.outbox.append(tx.db, entries('a')));
      expect(await everything(database)).toEqual([]);
      await open.commit();
      expect(namesOf(await everything(database))).toEqual(['a 1']);
    });
  });
}
