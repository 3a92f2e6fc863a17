import { AGGREGATE_TYPES } from '@waybill/postgres';
import type { HeldBack, JourneyEvent } from './journey.ts';
import { date, rowsOf, type ServiceDatabase, text } from './service-database.ts';

/** Events that are looked through for an id that no index of the outbox knows. */
const newest = 100_000;

/** The correlation ids of what an aggregate published, by an index. */
export async function aggregateCorrelationsOf(database: ServiceDatabase, id: string): Promise<readonly string[]> {
  const rows = await rowsOf(
    database,
    `SELECT DISTINCT correlationid AS id FROM waybill.outbox
      WHERE tenant = '' AND aggregatetype IN (${AGGREGATE_TYPES})
        AND aggregateid = $1 AND kind = 'event'`,
    [id],
  );
  return rows.map((row) => String(row['id']));
}

/** The correlation id among the newest events that have this correlation or event id: nobody has handled them yet. */
export async function newestCorrelationsOf(database: ServiceDatabase, id: string): Promise<readonly string[]> {
  const rows = await rowsOf(
    database,
    `SELECT DISTINCT correlationid AS id
       FROM (SELECT id, correlationid FROM waybill.outbox ORDER BY position DESC LIMIT ${newest}) AS latest
      WHERE correlationid = $1 OR id::text = lower($1)`,
    [id],
  );
  return rows.map((row) => String(row['id']));
}

/** What a service published of these aggregates under these correlation ids. Of renditions of one fact, the highest major. */
export async function publishedOf(
  database: ServiceDatabase,
  aggregateIds: readonly string[],
  correlationIds: readonly string[],
): Promise<readonly JourneyEvent[]> {
  const rows = await rowsOf(
    database,
    `SELECT DISTINCT ON (id) id, type, aggregatetype, aggregateid, aggregateversion, correlationid, causationid, traceparent, time
       FROM waybill.outbox
      WHERE tenant = '' AND aggregatetype IN (${AGGREGATE_TYPES})
        AND aggregateid = ANY ($1) AND correlationid = ANY ($2) AND kind = 'event'
      ORDER BY id, major DESC`,
    [aggregateIds, correlationIds],
  );
  return rows.map((row) => ({
    id: String(row['id']),
    type: String(row['type']),
    aggregateType: String(row['aggregatetype']),
    aggregateId: String(row['aggregateid']),
    version: Number(row['aggregateversion']),
    correlationId: String(row['correlationid']),
    causationId: text(row['causationid']),
    traceId: text(row['traceparent'])?.split('-')[1],
    time: new Date(String(row['time'])),
    service: database.service,
  }));
}

/** Which of these aggregates the service cannot publish. */
export async function heldOf(database: ServiceDatabase, aggregateIds: readonly string[]): Promise<readonly HeldBack[]> {
  const rows = await rowsOf(
    database,
    `SELECT * FROM waybill.outbox_held WHERE kind = 'event' AND aggregateid = ANY ($1)`,
    [aggregateIds],
  );
  return rows.map((row) => ({
    service: database.service,
    aggregateType: String(row['aggregatetype']),
    aggregateId: String(row['aggregateid']),
    fromVersion: Number(row['from_version']),
    error: `${String(row['code'])}: ${String(row['message'])}`,
    since: date(row['held_at']) ?? new Date(0),
  }));
}
