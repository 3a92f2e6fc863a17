import { type AnyContract, type EventId, newEventId } from '@waybill/contracts';
import {
  entryOf,
  type FetchedRecord,
  MAX_EVENT_BYTES,
  type OutboxEntry,
  type Queryable,
  type SchemaIds,
} from '@waybill/messaging';
import { transaction, type ConnectionPool } from '../transaction.ts';
import { fetchedRecordOf } from './fetch-events.ts';

/** Where the state of aggregates comes from, for their snapshots. */
export interface SnapshotSource {
  /** A snapshot contract; its aggregate type says whose state it is. */
  readonly contract: AnyContract;
  /** The state of those entities that exist, as the contract's data. Reads through `tx` alone, so that state and version agree. */
  load(tx: Queryable, ids: readonly string[], tenant: string): Promise<ReadonlyMap<string, unknown>>;
}

/** What snapshots are written with. */
export interface SnapshotWriting {
  readonly schemaIds: SchemaIds;
  /** `ce_source`: `/waybill/orders`. */
  readonly source: string;
  readonly now?: () => Date;
  readonly newId?: () => EventId;
  readonly maxEventBytes?: number;
}

/**
 * Snapshots of the given aggregates at their present versions, state and version read under one snapshot of the
 * database. Aggregates without an event or without state are left out.
 */
export async function takeSnapshots(
  pool: ConnectionPool,
  from: SnapshotSource,
  aggregates: { readonly tenant: string; readonly ids: readonly string[] },
  writing: SnapshotWriting,
): Promise<readonly OutboxEntry[]> {
  const { tenant, ids } = aggregates;
  const { versions, states } = await transaction(
    pool,
    async (tx) => {
      const { rows } = await tx.query(
        `SELECT aggregate_id, version FROM waybill.stream WHERE tenant = $1 AND aggregate_type = $2 AND aggregate_id = ANY ($3::text[])`,
        [tenant, from.contract.aggregateType, ids],
      );
      const found = new Map(rows.map((row) => [String(row['aggregate_id']), Number(row['version'])]));
      return { versions: found, states: await from.load(tx, [...found.keys()], tenant) };
    },
    { mode: 'one-snapshot' },
  );
  const { newId = () => newEventId(), now = () => new Date(), maxEventBytes = MAX_EVENT_BYTES } = writing;
  const entries: OutboxEntry[] = [];
  for (const [aggregateId, version] of versions) {
    const state = states.get(aggregateId);
    if (state === undefined) continue;
    const id = newId();
    const envelope = {
      id,
      time: now(),
      source: writing.source,
      tenant,
      aggregateId,
      correlationId: id,
      causationId: null,
      renditions: null,
      traceparent: null,
      tracestate: null,
      baggage: null,
    };
    const place = { fact: entries.length, version: { take: 'given', version } } as const;
    entries.push(entryOf(from.contract, state, envelope, place, { schemaIds: writing.schemaIds, maxEventBytes }));
  }
  return entries;
}

/**
 * One aggregate's snapshot as it would be published, for whoever fetches it; undefined when there is no such entity.
 * Nothing is written.
 */
export async function snapshotOf(
  pool: ConnectionPool,
  from: SnapshotSource,
  aggregate: { readonly tenant: string; readonly aggregateId: string },
  writing: SnapshotWriting,
): Promise<FetchedRecord | undefined> {
  const [entry] = await takeSnapshots(pool, from, { tenant: aggregate.tenant, ids: [aggregate.aggregateId] }, writing);
  if (entry?.version.take !== 'given') return undefined;
  return fetchedRecordOf({ ...entry, position: 0, specVersion: '1.0', aggregateVersion: entry.version.version });
}
