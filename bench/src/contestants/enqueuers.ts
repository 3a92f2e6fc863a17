import pg from 'pg';
import { onDatabase } from '../world/database.ts';
import type { LatencyContestant } from './contestant.ts';
import { plainWriter, preparePlainOutbox, WRITERS } from './plain-outbox.ts';
import { committed } from './transactions.ts';
import { prepareWaybill } from './waybill/backlog.ts';
import { unattended } from './waybill/writer.ts';

/** `publish` with nothing else in the transaction, and no relay running. */
export const waybillEnqueue: LatencyContestant = {
  name: 'waybill',
  role: 'ours',
  what: '`publish` alone in a transaction; no relay runs, here as for the others',
  prepare: prepareWaybill,
  relay: undefined,
  writer: (place) => Promise.resolve(unattended(place)),
};

/** What it takes at least to keep an event: one INSERT of the same bytes. */
export const plainInsert: LatencyContestant = {
  name: 'plain-insert',
  role: 'reference',
  what: 'one plain INSERT of the event with its headers as jsonb, prepared, in its place',
  prepare: preparePlainOutbox,
  relay: undefined,
  writer: (place) => Promise.resolve(plainWriter(place)),
};

/** What a domain's own hot row costs. */
export const sharedRow: LatencyContestant = {
  name: 'shared-row',
  role: 'reference',
  what: 'a transaction that updates one shared row of the domain',
  prepare: (place) =>
    onDatabase(place.databaseUrl, async (client) => {
      await client.query('CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL) WITH (fillfactor = 50)');
      await client.query('INSERT INTO account VALUES (1, 0)');
    }),
  relay: undefined,
  writer(place) {
    const pool = new pg.Pool({ connectionString: place.databaseUrl, max: WRITERS });
    return Promise.resolve({
      write: () =>
        committed(pool, { name: 'raise', text: 'UPDATE account SET balance = balance + 1 WHERE id = 1', values: [] }),
      close: () => pool.end(),
    });
  },
};
