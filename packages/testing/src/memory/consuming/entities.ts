import type { EventId } from '@waybill/contracts';
import {
  type EntityKey,
  entityKeyText,
  type EntityState,
  type EntityVersion,
  type HandledEvent,
  type SavedEntity,
  type SkippedDelivery,
} from '@waybill/messaging';
import { uniqueViolation } from '../database/errors.ts';
import type { MemoryTransaction } from '../database/memory-transaction.ts';
import { type EntityRow, entityTable, inboxTable, parkedTable, rowKey, skippedTable } from './tables.ts';

/** Makes the entities that are new and locks all in the order of their keys, then reads of their queues what is asked for. */
export async function lockEntities(
  tx: MemoryTransaction,
  consumer: string,
  keys: readonly EntityKey[],
  asked: readonly EntityVersion[],
): Promise<ReadonlyMap<string, EntityState>> {
  const byText = new Map(keys.map((key) => [entityKeyText(key), key]));
  const inOrder = [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [text, key] of inOrder) {
    await tx.lock(entityTable, rowKey(consumer, text));
    if (tx.read(entityTable, rowKey(consumer, text)) !== undefined) continue;
    const { tenant, aggregateType, aggregateId } = key;
    const fresh = { applied: 0, lastId: undefined, holes: [], reconciled: 0 };
    tx.write(entityTable, rowKey(consumer, text), { consumer, key: { tenant, aggregateType, aggregateId }, ...fresh });
  }
  const queues = Map.groupBy(
    tx.rows(parkedTable).filter((row) => row.consumer === consumer && row.holdsEntity),
    ({ key }) => entityKeyText(key),
  );
  return new Map(
    inOrder.map(([text]): [string, EntityState] => {
      const row = tx.read(entityTable, rowKey(consumer, text));
      const isAsked = (version: number) =>
        asked.some((each) => each.version === version && entityKeyText(each.key) === text);
      const queue = (queues.get(text) ?? [])
        .toSorted((a, b) => a.version - b.version)
        .filter(({ version }, index) => index === 0 || isAsked(version))
        .map(({ version, eventId }) => ({ version, id: eventId }));
      return [text, { applied: row?.applied ?? 0, lastId: row?.lastId, holes: row?.holes ?? [], queue }];
    }),
  );
}

export async function saveEntities(
  tx: MemoryTransaction,
  consumer: string,
  entities: readonly SavedEntity[],
): Promise<void> {
  for (const { key, applied, lastId, holes } of entities) {
    await change(tx, consumer, key, (row) => ({ ...row, applied, lastId, holes: [...holes] }));
  }
}

export async function noteReconciled(tx: MemoryTransaction, consumer: string, key: EntityKey): Promise<void> {
  await change(tx, consumer, key, (row) => ({ ...row, reconciled: row.reconciled + 1 }));
}

export function handledIds(tx: MemoryTransaction, consumer: string, ids: readonly EventId[]): ReadonlySet<EventId> {
  return new Set(ids.filter((id) => tx.read(inboxTable, rowKey(consumer, id)) !== undefined));
}

/** Writes the dedupe rows. @throws {MemoryDatabaseError} 23505 when one is there. */
export async function recordHandled(
  tx: MemoryTransaction,
  consumer: string,
  handled: readonly HandledEvent[],
): Promise<void> {
  for (const event of handled) {
    const key = rowKey(consumer, event.envelope.id);
    await tx.lock(inboxTable, key);
    if (tx.read(inboxTable, key) !== undefined) throw uniqueViolation('inbox', key);
    tx.write(inboxTable, key, { consumer, ...event });
  }
}

export function recordSkipped(tx: MemoryTransaction, consumer: string, skipped: readonly SkippedDelivery[]): void {
  for (const delivery of skipped) tx.write(skippedTable, String(tx.next('skipped')), { consumer, ...delivery });
}

/** Which of the keys the projection has, under the lock that its own transactions take when an entity appears. */
export async function presentEntities(
  tx: MemoryTransaction,
  projection: string,
  keys: readonly EntityKey[],
): Promise<ReadonlySet<string>> {
  await lockNames(
    tx,
    keys.map((key) => waitName(projection, key)),
  );
  const texts = keys.map(entityKeyText);
  return new Set(texts.filter((text) => (tx.read(entityTable, rowKey(projection, text))?.applied ?? 0) > 0));
}

export async function wakeWaiters(
  tx: MemoryTransaction,
  projection: string,
  keys: readonly EntityKey[],
): Promise<void> {
  if (keys.length === 0) return;
  const names = keys.map((key) => waitName(projection, key));
  await lockNames(tx, names);
  const isWaiting = (row: { readonly waitsFor: string | undefined; readonly reason: string }): boolean =>
    row.waitsFor !== undefined && names.includes(row.waitsFor) && row.reason === 'dependency';
  for (const { consumer, eventId, version, type } of tx.rows(parkedTable).filter(isWaiting)) {
    const key = rowKey(consumer, eventId, version, type);
    await tx.lock(parkedTable, key);
    const row = tx.read(parkedTable, key);
    if (row !== undefined && isWaiting(row)) tx.write(parkedTable, key, { ...row, dueAt: tx.startedAt });
  }
}

/** What an event that waits for an entity of a projection is found by. */
export function waitName(projection: string, key: EntityKey): string {
  return `${projection} ${entityKeyText(key)}`;
}

/** In one order, whoever asks, so that two transactions cannot deadlock on them. */
async function lockNames(tx: MemoryTransaction, names: readonly string[]): Promise<void> {
  for (const name of [...new Set(names)].toSorted()) await tx.advisoryLock(name);
}

async function change(
  tx: MemoryTransaction,
  consumer: string,
  key: EntityKey,
  to: (row: EntityRow) => EntityRow,
): Promise<void> {
  const at = rowKey(consumer, entityKeyText(key));
  await tx.lock(entityTable, at);
  const row = tx.read(entityTable, at);
  if (row !== undefined) tx.write(entityTable, at, to(row));
}
