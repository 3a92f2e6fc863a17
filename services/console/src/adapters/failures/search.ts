import type { Queryable } from '@waybill/messaging';
import type { FailureSearch, KnownFailure, KnownFailures } from '../../application/known-failures.ts';
import type { FailureState } from '../../domain/failure-facts.ts';

/** Counting stops there. */
const mostCounted = 10_000;

/** Ids are whole; of texts a part will do, in upper or lower case. */
const searched = `lower(concat_ws(' ', event_id, aggregate_id, correlation_id, fingerprint, type, consumer, error_type, error_code, message))`;

/** A page of failed events, the newest first: a new one comes before the first page, and moves nothing on it. */
export async function searchFailures(
  db: Queryable,
  services: readonly string[],
  search: FailureSearch,
): ReturnType<KnownFailures['search']> {
  const { sql, params } = conditionOf(services, search);
  const counted = await db.query(
    `select count(*) as total from (select from failure where ${sql} limit ${mostCounted}) found`,
    params,
  );
  const { rows } = await db.query(
    `select * from failure where ${sql} and ($${params.length + 1}::bigint is null or id < $${params.length + 1})
      order by id desc limit $${params.length + 2}`,
    [...params, search.after ?? null, search.limit + 1],
  );
  const entries = rows.slice(0, search.limit).map(failureOf);
  return {
    entries,
    total: Number(counted.rows[0]?.['total'] ?? 0),
    next: rows.length > search.limit ? entries.at(-1)?.id : undefined,
  };
}

function conditionOf(services: readonly string[], search: FailureSearch) {
  const params: unknown[] = [services];
  const conditions = ['service = any ($1)'];
  const where = (value: unknown, condition: (place: string) => string): void => {
    if (value === undefined) return;
    params.push(value);
    conditions.push(condition(`$${params.length}`));
  };
  where(search.service, (at) => `service = ${at}`);
  where(search.consumer, (at) => `consumer = ${at}`);
  where(search.fingerprint, (at) => `fingerprint = ${at}`);
  where(search.type, (at) => `type = ${at}`);
  where(search.parkedId, (at) => `parked_id = ${at}`);
  where(search.since, (at) => `last_at >= ${at}::timestamptz`);
  where(search.until, (at) => `last_at < ${at}::timestamptz`);
  where(search.q?.toLowerCase(), (at) => `position(${at} in ${searched}) > 0`);
  if (search.state === undefined) conditions.push(`state in ('retrying', 'dead', 'redriven')`);
  else if (search.state !== 'all') where(search.state, (at) => `state = ${at}`);
  return { sql: conditions.join(' and '), params };
}

function failureOf(row: Readonly<Record<string, unknown>>): KnownFailure {
  const optional: Readonly<Record<string, unknown>> = {
    correlationId: row['correlation_id'],
    fingerprint: row['fingerprint'],
    errorType: row['error_type'],
    errorCode: row['error_code'],
    message: row['message'],
    parkedId: row['parked_id'],
    topic: row['topic'],
    partition: row['partition'],
    offset: row['log_offset'],
    occurredAt: row['occurred_at'] === null ? null : timeOf(row['occurred_at']),
  };
  return {
    ...{ id: String(row['id']), service: String(row['service']), consumer: String(row['consumer']) },
    ...{ state: row['state'] as FailureState, tenant: String(row['tenant']) },
    ...{ aggregateType: String(row['aggregate_type']), aggregateId: String(row['aggregate_id']) },
    ...{ version: Number(row['version']), type: String(row['type']), eventId: String(row['event_id']) },
    ...{ attempts: Number(row['attempts']), redriven: Number(row['redriven']) },
    holdsEntity: row['holds_entity'] === true,
    firstAt: timeOf(row['first_at']),
    lastAt: timeOf(row['last_at']),
    changedAt: timeOf(row['changed_at']),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null)),
  };
}

function timeOf(value: unknown): string {
  return (value as Date).toISOString();
}
