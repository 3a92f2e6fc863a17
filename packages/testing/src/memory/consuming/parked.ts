import type { EventId } from '@waybill/contracts';
import {
  type EntityKey,
  entityKeyText,
  type EventToPark,
  type ParkedChange,
  type ParkedCounts,
  type ParkedEvent,
  type QueuePage,
} from '@waybill/messaging';
import type { MemoryTransaction } from '../database/memory-transaction.ts';
import { waitName } from './entities.ts';
import { type ParkedRow, parkedTable, rowKey } from './tables.ts';

const NO_ENTITY: EntityKey = { tenant: '', aggregateType: '', aggregateId: '' };

/** Parks events; one that is parked already is left as it is, or tried with the bytes that its producer has. */
export async function park(tx: MemoryTransaction, consumer: string, events: readonly EventToPark[]): Promise<number> {
  let added = 0;
  for (const event of events) if (await parkOne(tx, consumer, event)) added += 1;
  return added;
}

async function parkOne(tx: MemoryTransaction, consumer: string, event: EventToPark): Promise<boolean> {
  const { envelope, record, origin, reason, holdsEntity, dueInMs, attempts, waitsFor, failure } = event;
  // What has no envelope has no id either; its place in the log tells it from others.
  const eventId = envelope?.id ?? (`${record.topic}/${origin?.partition ?? ''}/${origin?.offset ?? ''}` as EventId);
  const [version, type] = [envelope?.aggregateVersion ?? 0, envelope?.type ?? ''];
  const at = rowKey(consumer, eventId, version, type);
  await tx.lock(parkedTable, at);
  const parked = tx.read(parkedTable, at);
  const { topic, key, value, headers } = record;
  if (parked !== undefined) {
    if (parked.reason !== 'dead' || parked.holdsEntity || origin !== undefined) return false;
    tx.write(parkedTable, at, { ...parked, reason, holdsEntity, record: { ...parked.record, value, headers } });
    return true;
  }
  const entity = envelope ?? NO_ENTITY;
  tx.write(parkedTable, at, {
    id: BigInt(tx.next('parked')),
    consumer,
    key: { tenant: entity.tenant, aggregateType: entity.aggregateType, aggregateId: entity.aggregateId },
    version,
    eventId,
    type,
    record: { topic, key, value, headers },
    origin: origin && { topic: origin.topic, partition: origin.partition, offset: origin.offset },
    reason,
    holdsEntity,
    dueAt: dueInMs === undefined ? undefined : tx.startedAt + dueInMs,
    attempts,
    claimedBy: undefined,
    claimedUntil: undefined,
    call: 'none',
    outcome: undefined,
    waitsFor: waitsFor && waitName(waitsFor.projection, waitsFor.key),
    failure,
    parkedAt: tx.now,
  });
  return true;
}

/** What is parked for an entity and holds it, lowest version first. */
export function queueOf(
  tx: MemoryTransaction,
  consumer: string,
  key: EntityKey,
  { from, limit }: QueuePage,
): ParkedEvent[] {
  return queueRows(tx, consumer, key)
    .filter(({ version }) => version >= from)
    .slice(0, limit)
    .map((row) => parkedEvent(row, tx.startedAt));
}

export function parkedById(tx: MemoryTransaction, id: bigint): ParkedEvent | undefined {
  const row = rowOf(tx, id);
  return row && parkedEvent(row, tx.startedAt);
}

export async function unpark(tx: MemoryTransaction, ids: readonly bigint[]): Promise<void> {
  for (const id of ids) await change(tx, id, () => undefined);
}

/** Claims what is due and nobody has. A call whose claim ran out was interrupted: nobody knows whether it happened. */
export function claimDue(
  tx: MemoryTransaction,
  consumer: string,
  claimant: string,
  options: { readonly limit: number; readonly claimMs: number },
): ParkedEvent[] {
  const now = tx.startedAt;
  return tx
    .rows(parkedTable)
    .filter(
      (row) =>
        row.consumer === consumer &&
        row.reason !== 'dead' &&
        row.dueAt !== undefined &&
        row.dueAt <= now &&
        (row.claimedUntil === undefined || row.claimedUntil < now) &&
        !tx.isLocked(parkedTable, keyOf(row)),
    )
    .toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))
    .slice(0, options.limit)
    .map((row) => {
      const call = row.call === 'calling' ? 'interrupted' : row.call;
      const claimed = { ...row, call, claimedBy: claimant, claimedUntil: now + options.claimMs } as const;
      tx.write(parkedTable, keyOf(row), claimed);
      return parkedEvent(claimed, now);
    });
}

/** Gives back what a process claimed. Answers whether it is still there and will be due. */
export async function release(tx: MemoryTransaction, claimant: string, id: bigint): Promise<boolean> {
  return change(tx, id, (row) => {
    const isOurs = row.claimedBy === undefined || row.claimedBy === claimant;
    if (!isOurs || row.call === 'calling' || row.dueAt === undefined) return 'left';
    return { ...row, claimedBy: undefined, claimedUntil: undefined };
  });
}

export function nextDueInMs(tx: MemoryTransaction, consumer: string): number | undefined {
  const due = tx
    .rows(parkedTable)
    .filter((row) => row.consumer === consumer && row.reason !== 'dead')
    .flatMap(({ dueAt, claimedUntil }) => (dueAt === undefined ? [] : [Math.max(dueAt, claimedUntil ?? dueAt)]));
  return due.length === 0 ? undefined : Math.min(...due) - tx.startedAt;
}

/** Changes a parked event. False when it is gone, or another process's claim on it lasts. */
export async function updateParked(
  tx: MemoryTransaction,
  claimant: string,
  id: bigint,
  wanted: ParkedChange,
): Promise<boolean> {
  const now = tx.startedAt;
  return change(tx, id, (row) => {
    const isOurs = row.claimedBy === undefined || row.claimedBy === claimant || (row.claimedUntil ?? 0) < now;
    if (!isOurs) return 'left';
    const { reason, dueInMs, attempts, call, outcome, waitsFor, holdsEntity, failure, value, claimMs } = wanted;
    const claim =
      claimMs === undefined
        ? {}
        : claimMs === 0
          ? { claimedBy: undefined, claimedUntil: undefined }
          : { claimedBy: claimant, claimedUntil: now + claimMs };
    return {
      ...row,
      reason: reason ?? row.reason,
      dueAt: dueInMs === undefined ? row.dueAt : dueInMs === null ? undefined : now + dueInMs,
      attempts: attempts ?? row.attempts,
      call: call ?? row.call,
      // As a column of JSON would keep it.
      outcome: outcome === undefined ? row.outcome : (JSON.parse(JSON.stringify(outcome)) as ParkedRow['outcome']),
      waitsFor: reason === undefined ? row.waitsFor : waitsFor && waitName(waitsFor.projection, waitsFor.key),
      holdsEntity: holdsEntity ?? row.holdsEntity,
      failure: failure ?? row.failure,
      record: value === undefined ? row.record : { ...row.record, value },
      ...claim,
    };
  });
}

/** Makes the heads of these entities' queues due, unless they wait for their own retry. */
export async function hasten(tx: MemoryTransaction, consumer: string, keys: readonly EntityKey[]): Promise<void> {
  for (const key of keys) {
    await makeHeadDue(tx, consumer, key, ({ reason }) => reason === 'gap' || reason === 'behind');
  }
}

/** Makes the head of an entity's queue due now where it has no time of its own and is not dead. */
export async function keepHeadDue(tx: MemoryTransaction, consumer: string, key: EntityKey): Promise<void> {
  await makeHeadDue(tx, consumer, key, ({ dueAt, reason }) => dueAt === undefined && reason !== 'dead');
}

export function parkedCounts(tx: MemoryTransaction, consumer: string): ParkedCounts {
  const rows = tx.rows(parkedTable).filter((row) => row.consumer === consumer);
  const count = (matches: (row: ParkedRow) => boolean): number => rows.filter(matches).length;
  return {
    dead: count(({ reason }) => reason === 'dead'),
    retrying: count(({ reason }) => reason === 'retry'),
    waiting: count(({ reason }) => reason !== 'dead' && reason !== 'retry'),
    oldestSeconds: rows.length === 0 ? undefined : (tx.now - Math.min(...rows.map((row) => row.parkedAt))) / 1_000,
  };
}

async function makeHeadDue(
  tx: MemoryTransaction,
  consumer: string,
  key: EntityKey,
  applies: (row: ParkedRow) => boolean,
): Promise<void> {
  const head = queueRows(tx, consumer, key)[0];
  if (head === undefined || !applies(head)) return;
  await change(tx, head.id, (row) => (applies(row) ? { ...row, dueAt: tx.startedAt } : 'left'));
}

function queueRows(tx: MemoryTransaction, consumer: string, key: EntityKey): ParkedRow[] {
  const text = entityKeyText(key);
  return tx
    .rows(parkedTable)
    .filter((row) => row.consumer === consumer && row.holdsEntity && entityKeyText(row.key) === text)
    .toSorted((a, b) => a.version - b.version);
}

/** Changes a row under its lock; looked at again once the lock is had, as an UPDATE does. False when nothing changed. */
async function change(
  tx: MemoryTransaction,
  id: bigint,
  to: (row: ParkedRow) => ParkedRow | undefined | 'left',
): Promise<boolean> {
  const found = rowOf(tx, id);
  if (found === undefined) return false;
  await tx.lock(parkedTable, keyOf(found));
  const row = tx.read(parkedTable, keyOf(found));
  if (row?.id !== id) return false;
  const changed = to(row);
  if (changed === 'left') return false;
  tx.write(parkedTable, keyOf(row), changed);
  return true;
}

function rowOf(tx: MemoryTransaction, id: bigint): ParkedRow | undefined {
  return tx.rows(parkedTable).find((row) => row.id === id);
}

function keyOf({ consumer, eventId, version, type }: ParkedRow): string {
  return rowKey(consumer, eventId, version, type);
}

function parkedEvent(row: ParkedRow, now: number): ParkedEvent {
  const { id, key, version, eventId, record, origin, reason, attempts, call, outcome, holdsEntity } = row;
  return {
    id,
    key,
    version,
    eventId,
    record,
    origin,
    reason,
    attempts,
    call,
    outcome,
    holdsEntity,
    parkedAt: new Date(row.parkedAt),
    due: row.dueAt !== undefined && row.dueAt <= now,
  };
}
