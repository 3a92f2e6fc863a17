import type { Queryable } from '@waybill/messaging';
import type { PauseChange, SaveFailures } from '../../application/failure-facts.ts';
import { type LatestChange, latestChanges } from '../../domain/failure-facts.ts';

const columns = `service text, consumer text, "eventId" text, version bigint, type text, tenant text, "aggregateType" text,
  "aggregateId" text, "correlationId" text, state text, at timestamptz, "firstAt" timestamptz, place bigint, attempts integer, redrives integer,
  fingerprint text, "errorType" text, "errorCode" text, message text, "holdsEntity" boolean, "parkedId" text, topic text,
  partition integer, "offset" bigint, "occurredAt" timestamptz, failed boolean`;

/**
 * The latest fact counts: by its place, or by its time where a service's database was made anew and counts from one. An event
 * that fails anew after it was done with begins anew.
 */
const upsert = `
  insert into failure as f (service, consumer, event_id, version, type, tenant, aggregate_type, aggregate_id, correlation_id,
    state, attempts, redriven, fingerprint, error_type, error_code, message, holds_entity, parked_id, topic, partition,
    log_offset, occurred_at, first_at, last_at, changed_at, place)
  select t.service, t.consumer, t."eventId", t.version, t.type, t.tenant, t."aggregateType", t."aggregateId",
         t."correlationId", t.state, coalesce(t.attempts, 0), t.redrives, t.fingerprint, t."errorType", t."errorCode", t.message,
         coalesce(t."holdsEntity", false), t."parkedId", t.topic, t.partition, t."offset", t."occurredAt",
         t."firstAt", t.at, t.at, t.place
    from jsonb_to_recordset($1::jsonb) as t (${columns})
  on conflict (service, consumer, event_id, version) do update set
    state = excluded.state,
    attempts = case when excluded.state in ('redriven', 'skipped') then f.attempts else excluded.attempts end,
    redriven = f.redriven + excluded.redriven,
    fingerprint = coalesce(excluded.fingerprint, f.fingerprint),
    error_type = coalesce(excluded.error_type, f.error_type),
    error_code = coalesce(excluded.error_code, f.error_code),
    message = coalesce(excluded.message, f.message),
    holds_entity = case when excluded.fingerprint is null then f.holds_entity else excluded.holds_entity end,
    parked_id = coalesce(excluded.parked_id, f.parked_id),
    topic = coalesce(excluded.topic, f.topic),
    partition = coalesce(excluded.partition, f.partition),
    log_offset = coalesce(excluded.log_offset, f.log_offset),
    occurred_at = coalesce(excluded.occurred_at, f.occurred_at),
    first_at = case when f.state in ('recovered', 'skipped', 'gone') and excluded.state in ('retrying', 'dead')
      then excluded.first_at else least(f.first_at, excluded.first_at) end,
    last_at = case when excluded.state in ('retrying', 'dead') then excluded.last_at else f.last_at end,
    changed_at = excluded.changed_at,
    place = excluded.place,
    touched_at = clock_timestamp()
  where excluded.place > f.place or excluded.changed_at > f.changed_at`;

/** What an older fact knows that a newer one did not: why the event failed. */
const fillIn = `
  update failure f set fingerprint = t.fingerprint, error_type = t."errorType", error_code = t."errorCode", message = t.message,
         holds_entity = t."holdsEntity", parked_id = coalesce(f.parked_id, t."parkedId"), topic = t.topic,
         partition = t.partition, log_offset = t."offset", occurred_at = t."occurredAt", first_at = least(f.first_at, t."firstAt")
    from jsonb_to_recordset($1::jsonb) as t (${columns})
   where t.failed and f.fingerprint is null
     and (f.service, f.consumer, f.event_id, f.version) = (t.service, t.consumer, t."eventId", t.version)`;

const pause = `
  insert into told_pause as p (service, consumer, cause, dependency, reason, until, paused_at, resumed_at, place)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  on conflict (service, consumer, cause, dependency) do update set
    reason = excluded.reason, until = excluded.until, resumed_at = excluded.resumed_at, place = excluded.place,
    paused_at = case when excluded.resumed_at is null then excluded.paused_at else p.paused_at end
  where excluded.place > p.place or coalesce(excluded.resumed_at, excluded.paused_at) > coalesce(p.resumed_at, p.paused_at)`;

/** Writes what facts tell, in the consumer's transaction; a batch in two statements. */
export const saveFailures: SaveFailures = {
  async changes(tx, changes) {
    const rows = JSON.stringify(latestChanges(changes).map(rowOf));
    await tx.query(upsert, [rows]);
    if (changes.some(({ failure }) => failure !== undefined)) await tx.query(fillIn, [rows]);
  },
  async pause(tx: Queryable, change: PauseChange) {
    const { service, consumer, cause, dependency, reason, until, pausedAt, resumedAt, place } = change;
    const times = [until ?? null, pausedAt, resumedAt ?? null];
    await tx.query(pause, [service, consumer, cause, dependency, reason, ...times, place]);
  },
};

function rowOf({ event, failure, ...change }: LatestChange): object {
  return { ...event, ...failure, ...change, failed: failure !== undefined };
}
