import type { Queryable } from '@waybill/messaging';
import type { Listing } from '../../application/known-failures.ts';

/** What was learnt since the service was asked counts more than its answer, which may be older. */
const listed = `
  insert into failure as f (service, consumer, event_id, version, state, type, tenant, aggregate_type, aggregate_id,
    correlation_id, fingerprint, error_type, error_code, message, attempts, redriven, holds_entity, parked_id, first_at, last_at,
    changed_at, place, touched_at)
  select distinct on (t."eventId", t.version)
         $1, $2, t."eventId", t.version, t.state, t.type, t.tenant, t."aggregateType", t."aggregateId", t."correlationId", $3, $4,
         t."errorCode", t.message, t.attempts, t.redriven, t."holdsEntity", t.id, t."parkedAt",
         coalesce(t."failedAt", t."parkedAt"), coalesce(t."failedAt", t."parkedAt"), 0, $5
    from jsonb_to_recordset($6::jsonb) as t ("eventId" text, version bigint, state text, type text, tenant text,
      "aggregateType" text, "aggregateId" text, "correlationId" text, "errorCode" text, message text, attempts integer,
      redriven integer, "holdsEntity" boolean, id text, "parkedAt" timestamptz, "failedAt" timestamptz)
  on conflict (service, consumer, event_id, version) do update set
    parked_id = excluded.parked_id,
    state = case when f.touched_at < $5 then excluded.state else f.state end,
    fingerprint = case when f.touched_at < $5 then excluded.fingerprint else f.fingerprint end,
    error_type = case when f.touched_at < $5 then excluded.error_type else f.error_type end,
    error_code = case when f.touched_at < $5 then excluded.error_code else f.error_code end,
    message = case when f.touched_at < $5 then excluded.message else f.message end,
    attempts = case when f.touched_at < $5 then excluded.attempts else f.attempts end,
    redriven = greatest(f.redriven, excluded.redriven),
    last_at = greatest(f.last_at, excluded.last_at)`;

/** An entry of the group that the service did not list. Facts that are under way are waited for. */
const notListed = `
  update failure set state = 'gone', changed_at = clock_timestamp()
   where service = $1 and consumer = $2 and fingerprint = $3 and state in ('retrying', 'dead', 'redriven')
     and touched_at < $4::timestamptz - interval '30 seconds' and (parked_id is null or not (parked_id = any ($5::text[])))`;

/** Brings the entries of one group in line with its service's list of them. */
export async function saveListing(db: Queryable, listing: Listing): Promise<void> {
  const { service, group, askedAt, entries, extent } = listing;
  const { consumer, fingerprint, errorType } = group;
  if (entries.length > 0)
    await db.query(listed, [service, consumer, fingerprint, errorType, askedAt, JSON.stringify(entries)]);
  if (extent === 'all')
    await db.query(notListed, [service, consumer, fingerprint, askedAt, entries.map(({ id }) => id)]);
}
