import type { Queryable } from '@waybill/messaging';

/** Failures with the same fingerprint at the same consumer. */
export interface FailureGroupRow {
  readonly fingerprint: string;
  readonly consumer: string;
  readonly types: readonly string[];
  readonly errorType: string;
  readonly errorCode: string;
  readonly message: string;
  readonly entries: number;
  readonly dead: number;
  readonly retrying: number;
  readonly blockedEntities: number;
  readonly blockedEvents: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** Failed attempts by hour, oldest first, of the last 24. */
  readonly hours: readonly number[];
}

const GROUPS_SHOWN = 200;

/** The groups of what failed and is not done with, those first that hold up most. */
export async function failureGroups(db: Queryable, consumer: string | undefined): Promise<readonly FailureGroupRow[]> {
  const { rows } = await db.query(
    `WITH failed AS (
       SELECT p.*, CASE WHEN p.holds_entity THEN (
           SELECT count(*) FROM waybill.parked b
            WHERE b.holds_entity AND b.version > p.version
              AND (b.consumer, b.tenant, b.aggregate_type, b.aggregate_id)
                = (p.consumer, p.tenant, p.aggregate_type, p.aggregate_id)) ELSE 0 END AS behind
         FROM waybill.parked p
        WHERE p.reason IN ('dead', 'retry') AND p.fingerprint IS NOT NULL AND ($1::text IS NULL OR p.consumer = $1)
          AND p.consumer NOT LIKE '%@%')
     SELECT fingerprint, consumer, array_agg(DISTINCT type) AS types, min(error_type) AS error_type,
            min(error_code) AS error_code, (array_agg(error_message ORDER BY id DESC))[1] AS message, count(*) AS entries,
            count(*) FILTER (WHERE reason = 'dead') AS dead, count(*) FILTER (WHERE reason = 'retry') AS retrying,
            count(DISTINCT (tenant, aggregate_type, aggregate_id)) FILTER (WHERE holds_entity) AS blocked_entities,
            sum(behind) AS blocked_events, min(parked_at) AS first_at, max(coalesce(failed_at, parked_at)) AS last_at
       FROM failed GROUP BY fingerprint, consumer
      ORDER BY count(*) FILTER (WHERE reason = 'dead') DESC, count(*) DESC, fingerprint LIMIT ${GROUPS_SHOWN}`,
    [consumer ?? null],
  );
  const hours = await hoursOf(
    db,
    rows.map((row) => String(row['fingerprint'])),
  );
  return rows.map((row) => ({
    fingerprint: String(row['fingerprint']),
    consumer: String(row['consumer']),
    types: row['types'] as string[],
    errorType: String(row['error_type']),
    errorCode: String(row['error_code']),
    message: String(row['message']),
    entries: Number(row['entries']),
    dead: Number(row['dead']),
    retrying: Number(row['retrying']),
    blockedEntities: Number(row['blocked_entities']),
    blockedEvents: Number(row['blocked_events']),
    firstAt: row['first_at'] as Date,
    lastAt: row['last_at'] as Date,
    hours: hours.get(`${String(row['consumer'])} ${String(row['fingerprint'])}`) ?? Array<number>(24).fill(0),
  }));
}

async function hoursOf(
  db: Queryable,
  fingerprints: readonly string[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const { rows } = await db.query(
    `SELECT consumer, fingerprint, 23 - floor(extract(epoch FROM now() - failed_at) / 3600)::int AS hour, count(*) AS failures
       FROM waybill.parked_attempt
      WHERE failed_at > now() - interval '24 hours' AND fingerprint = ANY ($1::text[]) GROUP BY 1, 2, 3`,
    [fingerprints],
  );
  const byGroup = new Map<string, number[]>();
  for (const row of rows) {
    const group = `${String(row['consumer'])} ${String(row['fingerprint'])}`;
    const counts = byGroup.get(group) ?? Array<number>(24).fill(0);
    counts[Math.max(0, Math.min(23, Number(row['hour'])))] = Number(row['failures']);
    byGroup.set(group, counts);
  }
  return byGroup;
}
