import type { EventId } from '@waybill/contracts';
import {
  distinctKeys,
  type EntityKey,
  entityKeyText,
  type EntityState,
  type Queryable,
  type QueuedEvent,
} from '@waybill/messaging';
import { plainArray, textArray } from '../array-literals.ts';
import { keyOf, parseRanges } from '../consuming/entity-sql.ts';

/** What a consumer knows of published events. */
export interface ReplayFacts {
  readonly handled: ReadonlySet<EventId>;
  /** Ids of those that a person gave up, so that no copy of them is handled. */
  readonly skipped: ReadonlySet<EventId>;
  /** Ids of those that are parked, for whatever reason. */
  readonly parked: ReadonlySet<EventId>;
  /** By `entityKeyText`; without those that the consumer never saw. */
  readonly entities: ReadonlyMap<string, EntityState>;
}

/** Reads what a consumer knows of events, and locks nothing: to decide for good, lock their entities first. */
export async function replayFacts(
  db: Queryable,
  consumer: string,
  events: readonly { readonly id: EventId; readonly key: EntityKey }[],
): Promise<ReplayFacts> {
  if (events.length === 0) return { handled: new Set(), skipped: new Set(), parked: new Set(), entities: new Map() };
  const ids = events.map(({ id }) => id);
  const keys = distinctKeys(events.map(({ key }) => key));
  const inbox = await db.query(
    `SELECT event_id, arrival = 'skipped' AS skipped FROM waybill.inbox WHERE event_id = ANY ($1::uuid[]) AND consumer = $2`,
    [plainArray(ids), consumer],
  );
  const idsWhere = (skipped: boolean) =>
    new Set(inbox.rows.filter((row) => row['skipped'] === skipped).map((row) => row['event_id'] as EventId));
  const parked = await db.query(
    `SELECT event_id FROM waybill.parked WHERE consumer = $1 AND event_id = ANY ($2::text[])`,
    [consumer, textArray(ids)],
  );
  return {
    handled: idsWhere(false),
    skipped: idsWhere(true),
    parked: new Set(parked.rows.map((row) => row['event_id'] as EventId)),
    entities: await entitiesAsTheyAre(db, consumer, keys),
  };
}

const KEYS = 'unnest($2::text[], $3::text[], $4::text[]) AS k (tenant, aggregate_type, aggregate_id)';

async function entitiesAsTheyAre(
  db: Queryable,
  consumer: string,
  keys: readonly EntityKey[],
): Promise<ReadonlyMap<string, EntityState>> {
  const asked = [
    consumer,
    textArray(keys.map(({ tenant }) => tenant)),
    textArray(keys.map(({ aggregateType }) => aggregateType)),
    textArray(keys.map(({ aggregateId }) => aggregateId)),
  ];
  const queued = await db.query(
    `SELECT tenant, aggregate_type, aggregate_id, p.version, p.event_id
       FROM waybill.parked p JOIN ${KEYS} USING (tenant, aggregate_type, aggregate_id)
      WHERE p.consumer = $1 AND p.holds_entity ORDER BY p.version`,
    asked,
  );
  const known = await db.query(
    `SELECT tenant, aggregate_type, aggregate_id, e.applied, e.last_id, e.holes::text AS holes
       FROM waybill.entity e JOIN ${KEYS} USING (tenant, aggregate_type, aggregate_id) WHERE e.consumer = $1`,
    asked,
  );
  const queues = Map.groupBy(queued.rows, (row) => entityKeyText(keyOf(row)));
  return new Map(
    known.rows.map((row): [string, EntityState] => {
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

/** How far a consumer has read each partition of a topic. */
export async function positionsOf(
  db: Queryable,
  consumer: string,
  topic: string,
): Promise<ReadonlyMap<number, bigint>> {
  const { rows } = await db.query(
    `SELECT partition, next_offset FROM waybill.consumer_position
      WHERE consumer = $1 AND topic = $2 AND next_offset IS NOT NULL`,
    [consumer, topic],
  );
  return new Map(rows.map((row) => [Number(row['partition']), BigInt(String(row['next_offset']))]));
}

/** How many of a consumer's parked events will be worked on by themselves, now or later. */
export async function comingUp(db: Queryable, consumer: string): Promise<number> {
  const { rows } = await db.query(
    `SELECT count(*) AS count FROM waybill.parked WHERE consumer = $1 AND due_at IS NOT NULL AND reason <> 'dead'`,
    [consumer],
  );
  return Number(rows[0]?.['count'] ?? 0);
}

/** Notes what a replay is to read, once. */
export async function beginReplay(
  tx: Queryable,
  job: string,
  { total, checkpoint }: { readonly total: bigint; readonly checkpoint: unknown },
): Promise<void> {
  await tx.query(`UPDATE waybill.job SET total = $2, checkpoint = $3, stepped_at = clock_timestamp() WHERE id = $1`, [
    job,
    total,
    JSON.stringify(checkpoint),
  ]);
}

/** Shows that somebody is at a job that waits, so that it is not taken for one whose process died. */
export async function noteWaiting(tx: Queryable, job: string): Promise<void> {
  await tx.query(`UPDATE waybill.job SET stepped_at = clock_timestamp() WHERE id = $1`, [job]);
}

/** Forgets that a person gave events up: they may be handled after all. */
export async function takeBackSkips(tx: Queryable, consumer: string, events: readonly EventId[]): Promise<void> {
  await tx.query(
    `DELETE FROM waybill.inbox WHERE event_id = ANY ($1::uuid[]) AND consumer = $2 AND arrival = 'skipped'`,
    [plainArray(events), consumer],
  );
}

/** Notes on what was just parked that a job did that. Answers the entries' ids. */
export async function markReplayed(
  tx: Queryable,
  job: string,
  consumer: string,
  events: readonly EventId[],
): Promise<readonly string[]> {
  if (events.length === 0) return [];
  const { rows } = await tx.query(
    `UPDATE waybill.parked SET job = $1 WHERE consumer = $2 AND event_id = ANY ($3::text[]) RETURNING id`,
    [job, consumer, plainArray(events)],
  );
  return rows.map((row) => String(row['id']));
}
