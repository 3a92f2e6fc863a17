import type { Queryable } from '@waybill/messaging';
import type { KnownGroup } from '../../domain/failure-groups.ts';

const mostGroups = 1_000;
const open = `state in ('retrying', 'dead', 'redriven')`;

/** Of entries that were done with since their service answered, too: it still counted them. */
const groupsSql = `
  select f.service, f.consumer, f.fingerprint, array_agg(distinct f.type) as types, max(f.error_type) as error_type,
         max(f.error_code) as error_code, (array_agg(f.message order by f.last_at desc))[1] as message,
         count(*) filter (where ${open}) as entries, count(*) filter (where state = 'dead') as dead,
         count(*) filter (where state in ('retrying', 'redriven')) as retrying,
         count(distinct (f.tenant, f.aggregate_type, f.aggregate_id)) filter (where ${open} and f.holds_entity) as blocked,
         min(f.first_at) as first_at, max(f.last_at) as last_at, max(f.touched_at) as touched_at,
         count(*) filter (where ${open} and f.parked_id is null) as unnumbered,
         array_agg(23 - floor(extract(epoch from now() - f.last_at) / 3600)::int)
           filter (where ${open} and f.last_at > now() - interval '24 hours') as failed_hours
    from failure f left join service_look l using (service)
   where f.service = any ($1) and f.fingerprint is not null and (f.${open} or f.touched_at > l.answered_at)
   group by f.service, f.consumer, f.fingerprint
   order by 9 desc, 8 desc, f.fingerprint limit ${mostGroups}`;

export async function knownGroups(db: Queryable, services: readonly string[]): Promise<readonly KnownGroup[]> {
  const { rows } = await db.query(groupsSql, [services]);
  return rows.map((row) => ({
    service: String(row['service']),
    consumer: String(row['consumer']),
    fingerprint: String(row['fingerprint']),
    types: row['types'] as string[],
    errorType: textOf(row['error_type']),
    errorCode: textOf(row['error_code']),
    message: textOf(row['message']),
    entries: Number(row['entries']),
    dead: Number(row['dead']),
    retrying: Number(row['retrying']),
    blockedEntities: Number(row['blocked']),
    blockedEvents: 0,
    firstAt: (row['first_at'] as Date).toISOString(),
    lastAt: (row['last_at'] as Date).toISOString(),
    hours: hoursOf((row['failed_hours'] ?? []) as readonly number[]),
    touchedAt: row['touched_at'] as Date,
    unnumbered: Number(row['unnumbered']),
  }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** How often each of the 24 hours is among them. */
function hoursOf(failed: readonly number[]): readonly number[] {
  const counts = Array<number>(24).fill(0);
  for (const hour of failed) {
    const at = Math.max(0, Math.min(23, hour));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}
