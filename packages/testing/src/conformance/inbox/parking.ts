import { Buffer } from 'node:buffer';
import type { StoreSuite } from '../store-workbench.ts';
import { behind, entity, idOf, key, me, onlyParked, park, parked, queueOf } from './arranging.ts';

export function inboxParking({ test, expect }: StoreSuite): void {
  test('is kept with everything that handling it again takes', async (database) => {
    const store = database.inbox();
    const bytes = Buffer.from([0, 255, 7, 128]);
    const record = {
      topic: 'shop.order',
      key: 'ключ',
      value: bytes,
      headers: { ce_id: 'a', note: 'Grüße', empty: '' },
    };
    const failure = { type: 'TypeError', code: 'no-such-item', message: 'no such item' };
    await park(store, parked(4, { record, attempts: 3, failure }));
    const kept = await onlyParked(store);
    expect({ ...kept, record: { ...kept.record, value: [...(kept.record.value ?? [])] } }).toEqual({
      id: expect.any(BigInt) as bigint,
      key,
      version: 4,
      eventId: idOf(4),
      record: { ...record, value: [...bytes] },
      origin: { topic: 'shop.order', partition: 0, offset: 4n },
      reason: 'retry',
      attempts: 3,
      parkedAt: expect.any(Date) as Date,
      call: 'none',
      outcome: undefined,
      holdsEntity: true,
      due: true,
    });
    expect(await store.transaction(async (tx) => tx.parkedById(kept.id))).toEqual(kept);
    expect(await store.transaction(async (tx) => tx.parkedById(kept.id + 1n))).toBeUndefined();
  });

  test('that was fetched has no place in the log, and a tombstone no body', async (database) => {
    const store = database.inbox();
    await park(store, parked(1, { origin: undefined, record: { topic: 't', key: null, value: null, headers: {} } }));
    const kept = await onlyParked(store);
    expect(kept.origin).toBeUndefined();
    expect(kept.record).toEqual({ topic: 't', key: null, value: null, headers: {} });
  });

  test('is parked once, and stays as it is, however often it is delivered', async (database) => {
    const store = database.inbox();
    expect(await park(store, parked(1, { attempts: 5, dueInMs: 60_000 }), parked(1), parked(2))).toBe(2);
    expect(await park(store, parked(1), behind(2))).toBe(0);
    expect(await queueOf(store)).toMatchObject([
      { version: 1, attempts: 5, due: false, reason: 'retry' },
      { version: 2, attempts: 1, due: true, reason: 'retry' },
    ]);
  });

  test('is parked once when two processes do so at the same time', async (database) => {
    const added = Array.from({ length: 6 }, async () => park(database.inbox(), parked(1)));
    expect((await Promise.all(added)).reduce((sum, each) => sum + each, 0)).toBe(1);
    expect(await queueOf(database.inbox())).toHaveLength(1);
  });

  test('of one consumer is not another’s', async (database) => {
    const store = database.inbox();
    await store.transaction(async (tx) => tx.park('shop.mails', [parked(1)]));
    expect(await queueOf(store)).toEqual([]);
    expect(await park(store, parked(1))).toBe(1);
  });

  test('that could not be read is tried with the bytes that its producer has', async (database) => {
    const store = database.inbox();
    const unreadable = { reason: 'dead', dueInMs: undefined, holdsEntity: false } as const;
    await park(store, parked(1, unreadable), parked(2, { reason: 'dead', dueInMs: undefined }));
    const fetched = { topic: 'shop.order', key: 'order-1', value: Buffer.from('better'), headers: { ce_id: 'y' } };
    // Delivered again, it is no better than before; what holds its entity waits for a person.
    expect(await park(store, parked(1, { record: fetched, reason: 'gap' }))).toBe(0);
    expect(await park(store, parked(2, { record: fetched, reason: 'gap', origin: undefined }))).toBe(0);
    expect(await queueOf(store)).toMatchObject([{ version: 2, reason: 'dead' }]);
    expect(await park(store, parked(1, { record: fetched, reason: 'gap', origin: undefined }))).toBe(1);
    const [first] = await queueOf(store);
    expect(first).toMatchObject({ version: 1, reason: 'gap', holdsEntity: true, record: { headers: { ce_id: 'y' } } });
    expect(Buffer.from(first?.record.value ?? []).toString()).toBe('better');
  });

  test('of a stranger may hold what text in a database cannot', async (database) => {
    const store = database.inbox();
    const record = { topic: 'shop.order', key: 'a\0b', value: null, headers: { 'x-any': 'nul \0 and \uD800 alone' } };
    const failure = { type: 'Error', code: 'no-such-item', message: 'a nul: \0' };
    const unreadable = { envelope: undefined, reason: 'dead', dueInMs: undefined, holdsEntity: false } as const;
    expect(await park(store, parked(1, { ...unreadable, record, failure }))).toBe(1);
    expect(await park(store, parked(1, { ...unreadable, record, failure }))).toBe(0);
    expect(await park(store, parked(2, { ...unreadable, record, failure }))).toBe(1);
    expect((await store.counts(me)).dead).toBe(2);
  });

  test('is removed alone', async (database) => {
    const store = database.inbox();
    await park(store, parked(1), parked(2), parked(3), parked(4, { of: entity('order-2') }));
    const [, second] = await queueOf(store);
    await store.transaction(async (tx) => tx.unpark([]));
    await store.transaction(async (tx) => tx.unpark(second === undefined ? [] : [second.id]));
    expect((await queueOf(store)).map(({ version }) => version)).toEqual([1, 3]);
    expect(await queueOf(store, entity('order-2'))).toHaveLength(1);
  });

  test('is changed in what the change names, and keeps the rest', async (database) => {
    const store = database.inbox();
    await park(store, parked(1, { attempts: 2, dueInMs: 60_000 }), parked(2, { of: entity('order-2') }));
    const { id } = await onlyParked(store);
    const change = async (to: Parameters<typeof update>[1]): Promise<unknown> => update(id, to);
    const update = async (which: bigint, to: object): Promise<boolean> =>
      store.transaction(async (tx) => tx.updateParked(which, to));
    expect(await change({ attempts: 3 })).toBe(true);
    expect(await onlyParked(store)).toMatchObject({ attempts: 3, reason: 'retry', due: false, call: 'none' });
    await change({ dueInMs: 0 });
    expect(await onlyParked(store)).toMatchObject({ attempts: 3, due: true });
    await change({ call: 'calling' });
    await change({ call: 'none', outcome: { value: { trackingId: 7 } } });
    expect(await onlyParked(store)).toMatchObject({ call: 'none', outcome: { value: { trackingId: 7 } }, due: true });
    await change({ reason: 'dead', dueInMs: null, holdsEntity: false });
    expect(await queueOf(store)).toEqual([]);
    const dead = await store.transaction(async (tx) => tx.parkedById(id));
    expect(dead).toMatchObject({ reason: 'dead', due: false, holdsEntity: false, attempts: 3 });
    expect(await onlyParked(store, entity('order-2'))).toMatchObject({ attempts: 1, reason: 'retry', due: true });
    await store.transaction(async (tx) => tx.unpark([id]));
    expect(await change({ attempts: 4 })).toBe(false);
  });

  test('is counted by what it waits for', async (database) => {
    const store = database.inbox();
    const nothing = { waiting: 0, retrying: 0, dead: 0, oldestSeconds: undefined };
    expect(await store.counts(me)).toEqual(nothing);
    const dead = { reason: 'dead', dueInMs: undefined } as const;
    await park(
      store,
      parked(1),
      behind(2),
      parked(3, { reason: 'gap' }),
      parked(4, dead),
      parked(5, dead),
      parked(6, dead),
    );
    await database.pass(90_000);
    const counts = await store.counts(me);
    expect(counts).toMatchObject({ waiting: 2, retrying: 1, dead: 3 });
    expect(counts.oldestSeconds).toBeGreaterThanOrEqual(90);
    expect(counts.oldestSeconds).toBeLessThan(150);
    expect(await store.counts('shop.mails')).toEqual(nothing);
  });
}
