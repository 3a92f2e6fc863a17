import type { Queryable } from '@waybill/messaging';
import { problem } from '@waybill/service';
import type pg from 'pg';
import { z } from 'zod';
import { failureGroupShape } from '../../application/failure-group-shape.ts';
import type { KnownFailures } from '../../application/known-failures.ts';
import type { ToldGroups } from '../../domain/failure-groups.ts';
import { readWithin, tookTooLong } from '../bounded-reads.ts';
import { knownGroups } from './groups.ts';
import { saveListing } from './save-listing.ts';
import { searchFailures } from './search.ts';

/** Milliseconds that one statement of a search may take. */
const searchWithinMs = 5_000;
/** A service shows so many at most; see its operations API. */
const mostGroups = 200;

const look = `
  insert into service_look (service, answered_at, silent_since, groups) values ($1, $2, $3, coalesce($4::jsonb, '[]'))
  on conflict (service) do update set
    answered_at = coalesce(excluded.answered_at, service_look.answered_at),
    silent_since = case when excluded.silent_since is null then null
      else coalesce(service_look.silent_since, excluded.silent_since) end,
    groups = case when $4::jsonb is null then service_look.groups else excluded.groups end`;

/** Entries that nothing was learnt of for so long are not just on their way to be told of. */
const gone = `
  update failure set state = 'gone', changed_at = clock_timestamp()
   where service = $1 and state in ('retrying', 'dead', 'redriven') and touched_at < $2::timestamptz - interval '30 seconds'
     and fingerprint is not null
     and not exists (select from jsonb_to_recordset($3::jsonb) as g (consumer text, fingerprint text)
       where g.consumer = failure.consumer and g.fingerprint = failure.fingerprint)`;

const groupsShape = z.array(failureGroupShape);

/** The read model in the console's database. */
export function knownFailures(pool: pg.Pool): KnownFailures {
  const db: Queryable = pool;
  return {
    async heard(services) {
      const { rows } = await db.query('select * from service_look where service = any ($1)', [services]);
      const byName = new Map(rows.map((row) => [String(row['service']), row]));
      const told = rows.flatMap((row): readonly ToldGroups[] => {
        const at = row['answered_at'];
        if (!(at instanceof Date)) return [];
        const groups = groupsShape.parse(row['groups']);
        return [{ service: String(row['service']), at, groups, extent: groups.length < mostGroups ? 'all' : 'worst' }];
      });
      const heard = services.map((service) => ({
        service,
        answeredAt: dateOf(byName.get(service)?.['answered_at']),
        silentSince: dateOf(byName.get(service)?.['silent_since']),
      }));
      return { heard, told };
    },
    groups: (services) => knownGroups(db, services),
    async search(services, search) {
      try {
        return await readWithin(pool, searchWithinMs, (tx) => searchFailures(tx, services, search));
      } catch (error) {
        if (!tookTooLong(error)) throw error;
        throw problem(503, {
          code: 'console.search-late',
          title: 'The search took too long',
          detail: 'There are too many failed events to look through. Narrow it: by service, consumer, state or time.',
          cause: error,
        });
      }
    },
    async pauses(services) {
      const { rows } = await db.query(
        `select service, consumer, dependency, reason, paused_at, until from told_pause
          where service = any ($1) and resumed_at is null and (until is null or until > now())
          order by service, consumer, dependency limit 200`,
        [services],
      );
      return rows.map((row) => ({
        service: String(row['service']),
        consumer: String(row['consumer']),
        ...(row['dependency'] === '' ? {} : { dependency: String(row['dependency']) }),
        reason: String(row['reason']),
        pausedAt: (row['paused_at'] as Date).toISOString(),
        ...(row['until'] === null ? {} : { until: (row['until'] as Date).toISOString() }),
      }));
    },
    async noteLook(found) {
      if (found.silentSince !== undefined) await db.query(look, [found.service, null, found.silentSince, null]);
      else await db.query(look, [found.service, found.at, null, JSON.stringify(found.groups)]);
    },
    noteListing: (listing) => saveListing(db, listing),
    async noteGone({ service, at, groups, extent }) {
      if (extent === 'all') await db.query(gone, [service, at, JSON.stringify(groups)]);
    },
  };
}

function dateOf(value: unknown): Date | undefined {
  return value instanceof Date ? value : undefined;
}
