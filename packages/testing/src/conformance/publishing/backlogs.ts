import { Buffer } from 'node:buffer';
import {
  afterChunk,
  type BacklogDelta,
  BEGINNING,
  deltaOf,
  headersOf,
  keyOf,
  type OutboxRow,
  type RelaySession,
  startBacklog,
} from '@waybill/messaging';
import type { StoreSuite } from '../store-workbench.ts';
import {
  allShards,
  append,
  backlog,
  committed,
  connected,
  cursorAt,
  entry,
  idInShard,
  namesOf,
  poll,
} from './arranging.ts';

export function relayBacklogs({ test, expect }: StoreSuite): void {
  const chunk = async (
    session: RelaySession,
    delta: BacklogDelta,
    limit: number,
    shards: readonly number[] = allShards,
  ): Promise<readonly OutboxRow[]> => session.chunk(delta, shards, limit);

  test('begins at the lowest position of its delta, in whatever transaction that is', async (database) => {
    await connected(database, async (session) => {
      expect(await session.lowest(deltaOf(cursorAt(BEGINNING)))).toBeUndefined();
      const late = await database.begin();
      await committed(database, 'early');
      await append(database, late, 'late');
      await committed(database, 'a');
      const { snapshot, rows } = await poll(session, BEGINNING);
      await committed(database, 'b');
      const positions = rows.map(({ position }) => position);
      expect(await session.lowest(deltaOf(cursorAt(BEGINNING)))).toBe(positions[0]);
      const ofB = await session.lowest(deltaOf(cursorAt(snapshot)));
      expect(ofB).toBeGreaterThan(positions[1] ?? Infinity);
      await late.commit();
      const ofLate = await session.lowest(deltaOf(cursorAt(snapshot)));
      expect(ofLate).toBeGreaterThan(positions[0] ?? Infinity);
      expect(ofLate).toBeLessThan(positions[1] ?? -Infinity);
      const { snapshot: end } = await poll(session, snapshot);
      expect(await session.lowest(deltaOf(cursorAt(end)))).toBeUndefined();
    });
  });

  test('is read along position, a chunk of the limit at a time', async (database) => {
    await committed(database, 'a', 'b', 'c');
    await committed(database, 'a', 'b', 'c', 'a');
    await connected(database, async (session) => {
      const { snapshot: target, rows } = await poll(session, BEGINNING);
      let at = backlog(BEGINNING, target, (rows[0]?.position ?? 0) - 1);
      const chunks: (readonly string[])[] = [];
      for (;;) {
        const found = await chunk(session, at, 3);
        chunks.push(namesOf(found));
        if (found.length < 3) break;
        at = { ...at, position: found.at(-1)?.position ?? 0 };
      }
      expect(chunks).toEqual([['a 1', 'b 1', 'c 1'], ['a 2', 'b 2', 'c 2'], ['a 3']]);
    });
  });

  test('has its rows as a poll has them', async (database) => {
    const full = {
      tenant: 'acme',
      payload: new Uint8Array([0, 0, 0, 0, 7, 0, 255, 92, 10, 128]),
      causationId: '0198bbbb-0000-7000-8000-00000000ffff',
      renditions: '1,2',
      traceparent: '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01',
      correlationId: 'ключ "quoted" \\ back\tand {braces}',
    };
    const tx = await database.begin();
    await database.outbox.append(tx, [entry('order-1', full), entry('ключ', { fact: 2, baggage: '' })]);
    await database.outbox.append(tx, [
      entry('order-2', {
        kind: 'snapshot',
        payload: new Uint8Array(70_000).fill(7),
        version: { take: 'given', version: 5 },
      }),
    ]);
    await tx.commit();
    await connected(database, async (session) => {
      const { snapshot, rows } = await poll(session, BEGINNING);
      const seenOf = (found: readonly OutboxRow[]): unknown[] =>
        found.map((row) => ({
          ...{ position: row.position, slot: row.slot, kind: row.kind, topic: row.topic, key: keyOf(row) },
          ...{ headers: headersOf(row), payload: Buffer.from(row.payload).toString('hex') },
        }));
      expect(seenOf(await chunk(session, backlog(BEGINNING, snapshot, 0), 10))).toEqual(seenOf(rows));
      expect(rows).toHaveLength(3);
    });
  });

  test('ends at its target: what is committed after that is the next delta’s', async (database) => {
    await connected(database, async (session) => {
      const running = await database.begin();
      await append(database, running, 'running');
      await committed(database, 'a', 'b');
      const { snapshot: target } = await poll(session, BEGINNING);
      await running.commit();
      await committed(database, 'a');
      expect(namesOf(await chunk(session, backlog(BEGINNING, target, 0), 10))).toEqual(['a 1', 'b 1']);
      expect(namesOf((await poll(session, target)).rows)).toEqual(['running 1', 'a 2']);
    });
  });

  test('has the rows of transactions that ran at its beginning, which lie below what was read before', async (database) => {
    await connected(database, async (session) => {
      const late = await database.begin();
      await append(database, late, 'late');
      await committed(database, 'a', 'b', 'c');
      const { snapshot: prev } = await poll(session, BEGINNING);
      await late.commit();
      await committed(database, 'a', 'b');
      const { snapshot: target } = await poll(session, prev, { limit: 1 });
      const lowest = await session.lowest(deltaOf(cursorAt(prev)));
      const cursor = startBacklog(prev, target, lowest ?? 0);
      const first = await chunk(session, backlog(prev, target, cursor.backlog?.position ?? -1), 2);
      expect(namesOf(first)).toEqual(['late 1', 'a 2']);
      expect(namesOf(await chunk(session, backlog(prev, target, first.at(-1)?.position ?? 0), 2))).toEqual(['b 2']);
    });
  });

  test('neither has what was done before it, nor what is still running', async (database) => {
    await connected(database, async (session) => {
      const running = await database.begin();
      await append(database, running, 'running');
      const given = await database.begin();
      await append(database, given, 'given-up');
      await committed(database, 'a', 'b');
      const { snapshot: prev } = await poll(session, BEGINNING);
      await given.rollback();
      await committed(database, 'a');
      const { snapshot: target } = await poll(session, prev);
      expect(namesOf(await chunk(session, backlog(prev, target, 0), 10))).toEqual(['a 2']);
      await running.commit();
      expect(namesOf(await chunk(session, backlog(prev, target, 0), 10))).toEqual(['a 2']);
    });
  });

  test('has the rows of the shards asked for alone', async (database) => {
    const ids = allShards.map(idInShard);
    await committed(database, ...ids, ...ids);
    await connected(database, async (session) => {
      const { snapshot } = await poll(session, BEGINNING);
      const found = await chunk(session, backlog(BEGINNING, snapshot, 0), 10, [5, 6]);
      expect(namesOf(found)).toEqual([`${ids[5]} 1`, `${ids[6]} 1`, `${ids[5]} 2`, `${ids[6]} 2`]);
    });
  });

  test('is over when a chunk is not full, and the target is the next cursor', async (database) => {
    await committed(database, 'a', 'b', 'c');
    await connected(database, async (session) => {
      const { snapshot: target } = await poll(session, BEGINNING, { limit: 1 });
      await committed(database, 'a');
      const cursor = { prev: BEGINNING, backlog: { target, position: 0 } };
      const whole = await chunk(session, deltaOf(cursor), 10);
      const next = afterChunk(cursor, whole, 10);
      expect(next).toEqual({ prev: target, backlog: undefined });
      expect(namesOf((await poll(session, next.prev)).rows)).toEqual(['a 2']);
    });
  });
}
