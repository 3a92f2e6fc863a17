import type { Queryable } from '@waybill/messaging';
import type { EventIndex, FoundId, IdKind } from '../../application/event-index.ts';
import { type IndexedEvent, type JourneyMatch, publisherOf } from '../../domain/indexed-journey.ts';

const mostCorrelations = 20;
const mostEvents = 500;
/** Events of one id that are looked at for the correlations that they belong to, the newest first. */
const mostHits = 1_000;
/** Events of one correlation that are counted. */
const mostCounted = 1_000;

/** A UUID, or a trace id, which has the same digits without the hyphens. */
const uuid = /^[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$/i;

type Limit = 1 | typeof mostHits;

function hits(kind: IdKind, condition: string, limit: Limit): string {
  return `(select '${kind}' as kind, correlation_id, time from event_index where ${condition}
    ${limit === 1 ? '' : 'order by time desc'} limit ${limit})`;
}

const days = (count: number) => `now() - interval '${count} days'`;

/**
 * Those with a business id. Its index has no order, and an id may stand in very many events: so the newest are looked for
 * first, and PostgreSQL runs no further part of the union once there are enough.
 */
const businessHits = `(select * from (${[
  `time >= ${days(1)}`,
  `time >= ${days(8)} and time < ${days(1)}`,
  `time >= ${days(31)} and time < ${days(8)}`,
  `time < ${days(31)}`,
]
  .map((window) => hits('business-id', `business_ids @> array[$1] and ${window}`, mostHits))
  .join(' union all ')}) newest limit ${mostHits})`;

const byText = [
  hits('correlation', 'correlation_id = $1', 1),
  hits('entity', 'aggregate_id = $1', mostHits),
  businessHits,
];
const byUuid = [hits('event', 'event_id = $2::uuid', 1), hits('trace', 'trace_id = $2::uuid', mostHits)];

/** The query for what an id is; each part of it is found by an index of its own. */
export function findSql(id: string): { readonly sql: string; readonly params: readonly string[] } {
  const parts = uuid.test(id) ? [...byText, ...byUuid] : byText;
  const sql = `select correlation_id, array_agg(distinct kind) as kinds from (${parts.join(' union all ')}) hit
    group by correlation_id order by max(time) desc`;
  return { sql, params: uuid.test(id) ? [id, id] : [id] };
}

export async function find(db: Queryable, id: string): Promise<FoundId> {
  const { sql, params } = findSql(id);
  const { rows } = await db.query(sql, params);
  const kinds = [...new Set(rows.flatMap((row) => row['kinds'] as readonly IdKind[]))];
  const correlationIds = rows.map((row) => String(row['correlation_id']));
  return {
    kinds,
    // Whatever else has this id too: who has a correlation's id in hand wants that.
    correlationIds: kinds.includes('correlation') ? [id] : correlationIds.slice(0, mostCorrelations),
  };
}

const matchesSql = `
  select asked.id as correlation_id, opening.type, opening.time, opening.aggregate_id, counted.events
    from unnest($1::text[]) with ordinality as asked (id, place)
    cross join lateral (select type, time, aggregate_id from event_index where correlation_id = asked.id
      order by time, event_id limit 1) opening
    cross join lateral (select count(*) as events from (select from event_index where correlation_id = asked.id
      limit ${mostCounted}) found) counted
   order by asked.place`;

export async function matchesOf(db: Queryable, correlationIds: readonly string[]): Promise<readonly JourneyMatch[]> {
  const { rows } = await db.query(matchesSql, [correlationIds]);
  return rows.map((row) => ({
    correlationId: String(row['correlation_id']),
    firstType: String(row['type']),
    firstAt: timeOf(row['time']),
    aggregateId: String(row['aggregate_id']),
    events: Number(row['events']),
  }));
}

const eventsSql = `
  select event_id, type, source, aggregate_type, aggregate_id, version, correlation_id, causation_id, trace_id, time
    from event_index where correlation_id = any ($1) order by time, event_id limit ${mostEvents + 1}`;

export async function eventsOf(db: Queryable, correlationIds: readonly string[]): ReturnType<EventIndex['eventsOf']> {
  const { rows } = correlationIds.length === 0 ? { rows: [] } : await db.query(eventsSql, [correlationIds]);
  return { events: rows.slice(0, mostEvents).map(eventOf), more: rows.length > mostEvents };
}

function eventOf(row: Readonly<Record<string, unknown>>): IndexedEvent {
  const { causation_id: cause, trace_id: trace } = row;
  const step = {
    kind: 'published',
    source: 'index',
    eventId: String(row['event_id']),
    type: String(row['type']),
    aggregateType: String(row['aggregate_type']),
    aggregateId: String(row['aggregate_id']),
    version: Number(row['version']),
    correlationId: String(row['correlation_id']),
    ...(typeof cause === 'string' ? { causationId: cause } : {}),
    ...(typeof trace === 'string' ? { traceId: trace.replaceAll('-', '') } : {}),
    at: timeOf(row['time']),
  } as const;
  return { service: publisherOf({ source: String(row['source']), type: step.type }), step };
}

function timeOf(value: unknown): string {
  return (value as Date).toISOString();
}
