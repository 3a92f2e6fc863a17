import pg from 'pg';
import { onDatabase } from '../world/database.ts';
import { createAggregates, inTransactions } from '../world/aggregates.ts';
import { measuredContract, measuredHeaders } from '../world/event.ts';
import { messageWriter } from '../world/messages.ts';
import type { Place } from '../world/place.ts';
import { committed } from './transactions.ts';
import type { EventWriter } from './writer.ts';

/** An outbox as teams make one: the record to send in a row, and when it was sent. */
export const PLAIN_OUTBOX = `
CREATE TABLE outbox (
  seq          bigserial   PRIMARY KEY,
  id           uuid        NOT NULL,
  topic        text        NOT NULL,
  key          text        NOT NULL,
  headers      jsonb       NOT NULL,
  payload      bytea       NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz);
CREATE INDEX outbox_pending ON outbox (seq) WHERE published_at IS NULL`;

export async function preparePlainOutbox(place: Place): Promise<void> {
  await onDatabase(place.databaseUrl, async (client) => {
    await client.query(PLAIN_OUTBOX);
    await createAggregates(client, place);
  });
}

/** The same events as Waybill's backlog has, with the same headers, committed a hundred at a time. */
export async function fillPlainOutbox(place: Place, rows: number): Promise<void> {
  const contract = measuredContract(place.topic);
  const template = measuredHeaders(contract, 'entity', 1);
  await onDatabase(place.databaseUrl, (client) =>
    inTransactions(rows, 100, (from, to) =>
      client.query({
        name: 'fill',
        text: `INSERT INTO outbox (id, topic, key, headers, payload)
               SELECT e.id, $4, a.id, ${HEADERS}, a.value ${FROM_EVENTS}`,
        values: [from, to, place.aggregates, contract.topic, JSON.stringify(template)],
      }),
    ),
  );
}

/** The headers of event `e` of aggregate `a`; parameter 5 holds those that all share. */
export const HEADERS = `$5::jsonb || jsonb_build_object('ce_id', e.id, 'ce_correlationid', e.id, 'ce_subject', a.id,
  'ce_partitionkey', a.id, 'baggage', 'correlation.id=' || e.id, 'ce_aggregateversion', (e.n / $3::int + 1)::text)`;

/** Events from parameter 1 to 2 over as many aggregates as parameter 3 says. */
export const FROM_EVENTS = `
  FROM (SELECT n, uuidv7() AS id FROM generate_series($1::int, $2::int) AS n) AS e
  JOIN bench_aggregate a ON a.number = e.n % $3::int
 ORDER BY e.n`;

/** Connections of every contestant's business process. */
export const WRITERS = 8;

/** A business process that puts its events into the plain outbox. */
export function plainWriter(place: Place): EventWriter {
  const pool = new pg.Pool({ connectionString: place.databaseUrl, max: WRITERS });
  const messageOf = messageWriter(place);
  return {
    write(sequence) {
      const { key, value, headers } = messageOf(sequence);
      return committed(pool, {
        name: 'enqueue',
        text: 'INSERT INTO outbox (id, topic, key, headers, payload) VALUES ($1, $2, $3, $4, $5)',
        values: [headers['ce_id'], place.topic, key, JSON.stringify(headers), value],
      });
    },
    close: () => pool.end(),
  };
}
