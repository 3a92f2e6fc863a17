import type { EntityKey, EntityState, QueuedEvent, Queryable, SavedEntity, VersionRange } from '@waybill/messaging';
import { entityKeyText } from '@waybill/messaging';
import type { EventId } from '@waybill/contracts';
import { plainArray, textArray } from '../array-literals.ts';

const KEYS = 'unnest($2::text[], $3::text[], $4::text[]) AS k (tenant, aggregate_type, aggregate_id)';

function keyColumns(keys: readonly EntityKey[]): readonly [string, string, string] {
  return [
    textArray(keys.map((key) => key.tenant)),
    textArray(keys.map((key) => key.aggregateType)),
    textArray(keys.map((key) => key.aggregateId)),
  ];
}

/**
 * Makes the entities that are new and locks all in the order of their keys, then reads their queues in a statement of
 * its own: what a statement that waited for a lock saw of other tables is as old as its beginning.
 */
export async function lockEntities(
  tx: Queryable,
  consumer: string,
  keys: readonly EntityKey[],
): Promise<ReadonlyMap<string, EntityState>> {
  if (keys.length === 0) return new Map();
  const params = [consumer, ...keyColumns(keys)];
  await tx.query(
    `INSERT INTO waybill.entity (consumer, tenant, aggregate_type, aggregate_id)
     SELECT $1, k.* FROM ${KEYS} ORDER BY 2, 3, 4 ON CONFLICT DO NOTHING`,
    params,
  );
  const locked = await tx.query(
    `SELECT e.tenant, e.aggregate_type, e.aggregate_id, e.applied, e.last_id, e.holes::text AS holes
       FROM waybill.entity e JOIN ${KEYS} USING (tenant, aggregate_type, aggregate_id)
      WHERE e.consumer = $1 ORDER BY 1, 2, 3 FOR UPDATE OF e`,
    params,
  );
  const queued = await tx.query(
    `SELECT p.tenant, p.aggregate_type, p.aggregate_id, p.version, p.event_id
       FROM waybill.parked p JOIN ${KEYS} USING (tenant, aggregate_type, aggregate_id)
      WHERE p.consumer = $1 AND p.holds_entity ORDER BY p.version`,
    params,
  );
  const queues = Map.groupBy(queued.rows, (row) => entityKeyText(keyOf(row)));
  return new Map(
    locked.rows.map((row): [string, EntityState] => {
      const text = entityKeyText(keyOf(row));
      return [
        text,
        {
          applied: Number(row['applied']),
          lastId: (row['last_id'] ?? undefined) as EventId | undefined,
          holes: parseRanges(String(row['holes'])),
          queue: (queues.get(text) ?? []).map((entry): QueuedEvent => ({
            version: Number(entry['version']),
            id: entry['event_id'] as EventId,
          })),
        },
      ];
    }),
  );
}

export async function saveEntities(tx: Queryable, consumer: string, entities: readonly SavedEntity[]): Promise<void> {
  if (entities.length === 0) return;
  await tx.query(
    `UPDATE waybill.entity e SET applied = k.applied, last_id = k.last_id, holes = k.holes::int8multirange
       FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::uuid[], $7::text[])
            AS k (tenant, aggregate_type, aggregate_id, applied, last_id, holes)
      WHERE e.consumer = $1 AND e.tenant = k.tenant AND e.aggregate_type = k.aggregate_type AND e.aggregate_id = k.aggregate_id`,
    [
      consumer,
      ...keyColumns(entities.map(({ key }) => key)),
      plainArray(entities.map(({ applied }) => applied)),
      plainArray(entities.map(({ lastId }) => lastId)),
      textArray(entities.map(({ holes }) => formatRanges(holes))),
    ],
  );
}

/** Which of the keys the projection has, under the lock that its own transactions take when an entity appears. */
export async function presentEntities(
  tx: Queryable,
  projection: string,
  keys: readonly EntityKey[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  await lockNames(
    tx,
    keys.map((key) => waitName(projection, key)),
  );
  const present = await tx.query(
    `SELECT e.tenant, e.aggregate_type, e.aggregate_id
       FROM waybill.entity e JOIN ${KEYS} USING (tenant, aggregate_type, aggregate_id)
      WHERE e.consumer = $1 AND e.applied > 0`,
    [projection, ...keyColumns(keys)],
  );
  return new Set(present.rows.map((row) => entityKeyText(keyOf(row))));
}

export async function wakeWaiters(tx: Queryable, projection: string, keys: readonly EntityKey[]): Promise<void> {
  if (keys.length === 0) return;
  const names = keys.map((key) => waitName(projection, key));
  await lockNames(tx, names);
  await tx.query(
    `UPDATE waybill.parked SET due_at = now() WHERE waits_for = ANY ($1::text[]) AND reason = 'dependency'`,
    [names],
  );
}

/** What an event that waits for an entity of a projection is found by. */
export function waitName(projection: string, key: EntityKey): string {
  return `${projection} ${entityKeyText(key)}`;
}

/** In one order, whoever asks, so that two transactions cannot deadlock on them. */
async function lockNames(tx: Queryable, names: readonly string[]): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(h) FROM (
       SELECT DISTINCT hashtextextended(n, 0) AS h FROM unnest($1::text[]) n ORDER BY 1) locks`,
    [names],
  );
}

export function keyOf(row: Record<string, unknown>): EntityKey {
  return {
    tenant: String(row['tenant']),
    aggregateType: String(row['aggregate_type']),
    aggregateId: String(row['aggregate_id']),
  };
}

/** Reads a multirange such as `{[2,4),[7,8)}`; PostgreSQL writes its ranges of integers half-open. */
export function parseRanges(text: string): readonly VersionRange[] {
  return [...text.matchAll(/\[(\d+),(\d+)\)/g)].map((match) => ({ from: Number(match[1]), to: Number(match[2]) - 1 }));
}

export function formatRanges(ranges: readonly VersionRange[]): string {
  return `{${ranges.map((range) => `[${range.from},${range.to}]`).join(',')}}`;
}
