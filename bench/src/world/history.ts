import { avroContentType, dataSchemaUrn } from '@waybill/contracts';
import { slotOf } from '@waybill/messaging';
import type { Client } from 'pg';
import { onDatabase } from './database.ts';
import { AGGREGATE_TYPE, entityId, measuredContract, SOURCE, traceparentOf } from './event.ts';
import type { Place } from './place.ts';

/** What a service has behind it. */
export interface History {
  /** Rows of the outbox and of the inbox, each. */
  readonly rows: number;
  readonly entities: number;
  /** Whose inbox it is. */
  readonly consumer: string;
}

const CHUNK = 250_000;
const POSITIONS_IN_PARTITION = 1_000_000;

/**
 * Writes a history into a prepared place: published rows of the outbox, handled rows of the inbox, heads and applied
 * versions of all entities, in every slot. The rows are whole: INSERT … SELECT with all columns that the product writes.
 */
export async function writeHistory(place: Place, history: History, note: (text: string) => void): Promise<void> {
  await onDatabase(place.databaseUrl, async (client) => {
    await client.query('SET synchronous_commit = off');
    await writeEntities(client, history);
    await client.query(
      `SELECT waybill.attach_outbox_partition(n, n + $2) FROM generate_series(3 * $2::bigint + 1, $1::bigint + 3 * $2, $2) AS n`,
      [history.rows, POSITIONS_IN_PARTITION],
    );
    const contract = measuredContract(place.topic);
    const shared = [contract.name, SOURCE, new Date().toISOString(), dataSchemaUrn(contract), avroContentType];
    for (let from = 0; from < history.rows; from += CHUNK) {
      const range = [from, Math.min(history.rows, from + CHUNK) - 1, history.entities, AGGREGATE_TYPE];
      await client.query(OUTBOX, [...range, contract.topic, traceparentOf(1), ...shared]);
      await client.query(INBOX, [...range, history.consumer, contract.name, contract.topic]);
      note(`history: ${Math.min(history.rows, from + CHUNK).toLocaleString('en-US')} rows`);
    }
    await markPublished(client);
  });
}

/** Versions that each entity has after a history. */
export function versionsIn({ rows, entities }: Pick<History, 'rows' | 'entities'>): number {
  return Math.floor(rows / entities);
}

/** Puts the relay's cursors behind all that is committed. */
async function markPublished(client: Client): Promise<void> {
  await client.query('UPDATE waybill.relay_shard SET prev = pg_current_snapshot(), target = NULL, position = NULL');
}

async function writeEntities(client: Client, history: History): Promise<void> {
  await client.query('CREATE TABLE history_entity (number int PRIMARY KEY, id text NOT NULL, slot smallint NOT NULL)');
  for (let from = 0; from < history.entities; from += CHUNK) {
    const numbers = Array.from({ length: Math.min(CHUNK, history.entities - from) }, (_, index) => from + index);
    const ids = numbers.map(entityId);
    await client.query('INSERT INTO history_entity SELECT * FROM unnest($1::int[], $2::text[], $3::smallint[])', [
      numbers,
      ids,
      ids.map(slotOf),
    ]);
  }
  const version = versionsIn(history);
  await client.query(
    `INSERT INTO waybill.stream (tenant, aggregate_type, aggregate_id, version) SELECT '', $1, id, $2 FROM history_entity`,
    [AGGREGATE_TYPE, version],
  );
  await client.query(
    `INSERT INTO waybill.entity (consumer, tenant, aggregate_type, aggregate_id, applied, last_id)
     SELECT $1, '', $2, id, $3, uuidv7() FROM history_entity`,
    [history.consumer, AGGREGATE_TYPE, version],
  );
}

/** 1 and 2: from and to; 3: entities. Every value has the size of a real one. */
const OUTBOX = `
INSERT INTO waybill.outbox (
  cluster, slot, kind, id, major, aggregatetype, aggregateid, aggregateversion, partitionkey, type, topic, payload, source, time,
  dataschema, contenttype, correlationid, traceparent, baggage)
SELECT (SELECT waybill.cluster_id()), h.slot, 'event', e.id, 1, $4, h.id, e.n / $3::int + 1, h.id, $7, $5,
       decode(repeat('ab', 300), 'hex'), $8, $9, $10, $11, e.id::text, $6, 'correlation.id=' || e.id
  FROM (SELECT n, uuidv7() AS id FROM generate_series($1::int, $2::int) AS n) AS e
  JOIN history_entity h ON h.number = e.n % $3::int
 ORDER BY e.n`;

const INBOX = `
INSERT INTO waybill.inbox (
  event_id, consumer, tenant, aggregate_type, aggregate_id, version, type, event_time, correlation_id, trace_id, topic,
  partition, log_offset, arrival, received_at, work_ms, attempts)
SELECT e.id, $5, '', $4, h.id, e.n / $3::int + 1, $6, now(), e.id::text, '4bf92f3577b34da6a3ce929d0e0e4736', $7,
       e.n % 6, e.n / 6, 'next', now(), 1, 1
  FROM (SELECT n, uuidv7() AS id FROM generate_series($1::int, $2::int) AS n) AS e
  JOIN history_entity h ON h.number = e.n % $3::int
 ORDER BY e.n`;
