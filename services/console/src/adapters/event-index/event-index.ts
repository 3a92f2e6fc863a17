import type { Logger, Queryable } from '@waybill/messaging';
import type pg from 'pg';
import { type EventIndex, noEventIndex } from '../../application/event-index.ts';
import { readWithin } from '../bounded-reads.ts';
import { eventsOf, find, matchesOf } from './searches.ts';

/** Milliseconds that one search may take: whoever waits is better served by what the services know alone. */
const withinMs = 2_000;

/** The index in the console's database. A search that fails, or takes too long, is logged and finds nothing. */
export function eventIndex(pool: pg.Pool, log: Logger): EventIndex {
  async function search<T>(name: string, otherwise: Promise<T>, run: (db: Queryable) => Promise<T>): Promise<T> {
    try {
      return await readWithin(pool, withinMs, run);
    } catch (error) {
      log.warn({ err: error, search: name }, 'the event index could not be searched; the services are asked alone');
      return otherwise;
    }
  }
  return {
    find: (id) => search('find', noEventIndex.find(id), (db) => find(db, id)),
    matches: (ids) => search('matches', noEventIndex.matches(ids), (db) => matchesOf(db, ids)),
    eventsOf: (ids) => search('events', noEventIndex.eventsOf(ids), (db) => eventsOf(db, ids)),
  };
}
