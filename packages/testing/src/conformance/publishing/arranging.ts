import {
  type BacklogDelta,
  BEGINNING,
  type Cursor,
  type Delta,
  deltaOf,
  keyOf,
  type OutboxEntry,
  type OutboxKind,
  type OutboxRow,
  type PollAnswer,
  type RelaySession,
  type RelaySessionEvents,
  SHARDS,
  shardOf,
  slotOf,
  type TransactionSnapshot,
} from '@waybill/messaging';
import type { OpenTransaction, StoreDatabase } from '../store-workbench.ts';

export const allShards: readonly number[] = Array.from({ length: SHARDS }, (_, shard) => shard);

let made = 0;

/** An event to append: the next one of its aggregate, unless told otherwise. */
export function entry(aggregateId: string, changes: Partial<OutboxEntry> = {}): OutboxEntry {
  const { tenant = '' } = changes;
  made += 1;
  return {
    slot: slotOf(keyOf({ tenant, aggregateId })),
    kind: 'event',
    id: `0198bbbb-0000-7000-8000-${String(made).padStart(12, '0')}`,
    tenant,
    aggregateType: 'orders.order',
    aggregateId,
    type: 'orders.v1.OrderPlaced',
    topic: 'orders.order',
    payload: new Uint8Array([0, 0, 0, 0, 7, 255]),
    source: '/waybill/orders',
    time: '2026-11-26T17:30:00.123Z',
    dataSchema: 'urn:waybill:schema:orders.v1.OrderPlaced:',
    contentType: 'application/avro',
    correlationId: 'c-1',
    causationId: null,
    renditions: null,
    traceparent: null,
    tracestate: null,
    baggage: null,
    major: 1,
    fact: 1,
    version: { take: 'next', expected: undefined },
    ...changes,
  };
}

/** One entry for each of the aggregates, each a fact of its own. */
export function entries(...aggregateIds: readonly string[]): readonly OutboxEntry[] {
  return aggregateIds.map((aggregateId, index) => entry(aggregateId, { fact: index + 1 }));
}

/** Commits events of the aggregates in one transaction; answers their versions. */
export async function committed(
  database: StoreDatabase,
  ...aggregateIds: readonly string[]
): Promise<readonly number[]> {
  const tx = await database.begin();
  try {
    const versions = await append(database, tx, ...aggregateIds);
    await tx.commit();
    return versions;
  } finally {
    // So that one that failed does not keep others waiting.
    await tx.rollback();
  }
}

/** Appends events of the aggregates in an open transaction; answers their versions. */
export async function append(
  database: StoreDatabase,
  tx: OpenTransaction,
  ...aggregateIds: readonly string[]
): Promise<readonly number[]> {
  return (await database.outbox.append(tx, entries(...aggregateIds))).map(({ version }) => version);
}

export async function connected<T>(
  database: StoreDatabase,
  use: (session: RelaySession) => Promise<T>,
  events: RelaySessionEvents = { notified: () => undefined, lost: () => undefined },
): Promise<T> {
  const session = await database.relayStore().connect(events);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/** All that is before a snapshot, of all shards, unless told otherwise. */
export async function poll(
  session: RelaySession,
  prev: TransactionSnapshot,
  options: { readonly limit?: number; readonly shards?: readonly number[] } = {},
): Promise<PollAnswer> {
  return pollDelta(session, deltaOf({ prev, backlog: undefined }), options);
}

export async function pollDelta(
  session: RelaySession,
  delta: Delta,
  options: { readonly limit?: number; readonly shards?: readonly number[] } = {},
): Promise<PollAnswer> {
  const { limit = 1_000, shards = allShards } = options;
  const [answer] = await session.poll([{ delta, shards }], limit);
  if (answer === undefined) throw new Error('a poll of one group answered none');
  return answer;
}

/** Everything that is committed, in position order. */
export async function everything(database: StoreDatabase): Promise<readonly OutboxRow[]> {
  return connected(database, async (session) => (await poll(session, BEGINNING)).rows);
}

export function backlog(prev: TransactionSnapshot, target: TransactionSnapshot, position: number): BacklogDelta {
  return deltaOf({ prev, backlog: { target, position } });
}

/** `order-1 2` for the second event of that aggregate, in the order given. */
export function namesOf(rows: readonly OutboxRow[]): readonly string[] {
  return rows.map(({ aggregateId, aggregateVersion }) => `${aggregateId} ${aggregateVersion}`);
}

export function versionsOf(
  rows: readonly OutboxRow[],
  aggregateId: string,
  kind: OutboxKind = 'event',
): readonly number[] {
  return rows
    .filter((row) => row.aggregateId === aggregateId && row.kind === kind)
    .map(({ aggregateVersion }) => aggregateVersion);
}

export function shardOfId(aggregateId: string): number {
  return shardOf(slotOf(aggregateId));
}

/** An aggregate of that shard. */
export function idInShard(shard: number): string {
  for (let n = 0; ; n += 1) if (shardOfId(`in-${n}`) === shard) return `in-${n}`;
}

export function cursorAt(prev: TransactionSnapshot): Cursor {
  return { prev, backlog: undefined };
}
