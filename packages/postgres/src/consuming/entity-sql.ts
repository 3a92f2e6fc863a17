import type {
  EntityKey,
  EntityState,
  EntityVersion,
  QueuedEvent,
  Queryable,
  SavedEntity,
  VersionRange,
} from '@waybill/messaging';
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

/** Entities of one tenant and type: looking for their ids in an index costs half of what a join with all keys does. */
interface Kin {
  readonly tenant: string;
  readonly aggregateType: string;
  readonly ids: readonly string[];
}

/** In the order of their keys, whoever asks, so that two transactions that lock the same entities cannot deadlock. */
function kinsOf(keys: readonly EntityKey[]): readonly Kin[] {
  const kins = new Map<string, { tenant: string; aggregateType: string; ids: string[] }>();
  for (const { tenant, aggregateType, aggregateId } of keys) {
    const name = JSON.stringify([tenant, aggregateType]);
    const kin = kins.get(name);
    if (kin === undefined) kins.set(name, { tenant, aggregateType, ids: [aggregateId] });
    else kin.ids.push(aggregateId);
  }
  return [...kins].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, kin]) => kin);
}

const SELECT_LOCKED = `
  SELECT aggregate_id, applied, last_id, CASE WHEN NOT isempty(holes) THEN holes::text END AS holes
    FROM waybill.entity
   WHERE consumer = $1 AND tenant = $2 AND aggregate_type = $3 AND aggregate_id = ANY ($4::text[])
   ORDER BY aggregate_id COLLATE "C" FOR UPDATE`;

const INSERT_NEW = `
  INSERT INTO waybill.entity (consumer, tenant, aggregate_type, aggregate_id)
  SELECT $1, $2, $3, id FROM unnest($4::text[]) AS id ORDER BY id COLLATE "C" ON CONFLICT DO NOTHING`;

const SELECT_HEADS = `
  SELECT head.* FROM unnest($4::text[]) AS k (id) CROSS JOIN LATERAL (
    SELECT aggregate_id, version, event_id FROM waybill.parked
     WHERE consumer = $1 AND tenant = $2 AND aggregate_type = $3 AND aggregate_id = k.id AND holds_entity
     ORDER BY version LIMIT 1) head`;

const SELECT_STANDING = `
  SELECT p.aggregate_id, p.version, p.event_id
    FROM (SELECT DISTINCT * FROM unnest($4::text[], $5::bigint[]) AS k (id, version)) k JOIN waybill.parked p
      ON p.consumer = $1 AND p.tenant = $2 AND p.aggregate_type = $3 AND p.aggregate_id = k.id AND p.version = k.version
   WHERE p.holds_entity
   ORDER BY p.version`;

/**
 * Locks the entities in the order of their keys, and makes those that are new; then reads of their queues in a statement
 * of its own: what a statement that waited for a lock saw of other tables is as old as its beginning.
 */
export async function lockEntities(
  tx: Queryable,
  consumer: string,
  keys: readonly EntityKey[],
  asked: readonly EntityVersion[] = [],
): Promise<ReadonlyMap<string, EntityState>> {
  const states = new Map<string, EntityState>();
  for (const { tenant, aggregateType, ids } of kinsOf(keys)) {
    const kin = [consumer, tenant, aggregateType];
    // Sent together, and run one after another. Most entities are there: trying to make each costs more than all else.
    const all = [...kin, textArray(ids)];
    const [locked, first] = await Promise.all([tx.query(SELECT_LOCKED, all), tx.query(SELECT_HEADS, all)]);
    const rows = [...locked.rows];
    let heads = first.rows;
    if (rows.length < ids.length) {
      const found = new Set(rows.map((row) => row['aggregate_id']));
      const missing = [...kin, textArray(ids.filter((id) => !found.has(id)))];
      const [, made, behind] = await Promise.all([
        tx.query(INSERT_NEW, missing),
        tx.query(SELECT_LOCKED, missing),
        tx.query(SELECT_HEADS, missing),
      ]);
      rows.push(...made.rows);
      // What was read of their queues before they were locked may be old.
      heads = [...heads.filter((row) => found.has(row['aggregate_id'])), ...behind.rows];
    }
    const standing = await standingAt(tx, kin, heads, asked);
    const queueOf = Map.groupBy([...heads, ...standing], (row) => row['aggregate_id']);
    for (const row of rows) {
      const aggregateId = String(row['aggregate_id']);
      states.set(
        entityKeyText({ tenant, aggregateType, aggregateId }),
        entityState(row, queueOf.get(aggregateId) ?? []),
      );
    }
  }
  return states;
}

/** What stands at the versions asked for, behind these heads of queues of one kin. */
async function standingAt(
  tx: Queryable,
  [consumer, tenant, aggregateType]: readonly string[],
  heads: readonly Record<string, unknown>[],
  asked: readonly EntityVersion[],
): Promise<readonly Record<string, unknown>[]> {
  const headOf = new Map(heads.map((row) => [row['aggregate_id'], Number(row['version'])]));
  const behind = asked.filter(
    ({ key, version }) =>
      key.tenant === tenant &&
      key.aggregateType === aggregateType &&
      version > (headOf.get(key.aggregateId) ?? Infinity),
  );
  if (behind.length === 0) return [];
  const { rows } = await tx.query(SELECT_STANDING, [
    consumer,
    tenant,
    aggregateType,
    textArray(behind.map(({ key }) => key.aggregateId)),
    plainArray(behind.map(({ version }) => version)),
  ]);
  return rows;
}

function entityState(row: Record<string, unknown>, queue: readonly Record<string, unknown>[]): EntityState {
  return {
    applied: Number(row['applied']),
    lastId: (row['last_id'] ?? undefined) as EventId | undefined,
    holes: typeof row['holes'] === 'string' ? parseRanges(row['holes']) : [],
    queue: queue.map((entry): QueuedEvent => ({
      version: Number(entry['version']),
      id: entry['event_id'] as EventId,
    })),
  };
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
