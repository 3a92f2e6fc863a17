import { avroContentType, dataSchemaUrn } from '@waybill/contracts';
import { migrate } from '@waybill/postgres';
import pg from 'pg';
import { createAggregates, inTransactions } from '../../world/aggregates.ts';
import { onDatabase } from '../../world/database.ts';
import { AGGREGATE_TYPE, measuredContract, SOURCE, TRACED_ONE_IN, traceparentOf } from '../../world/event.ts';
import type { Place } from '../../world/place.ts';

/** Waybill's migrations, and the entities of the run. */
export async function prepareWaybill(place: Place): Promise<void> {
  const pool = new pg.Pool({ connectionString: place.databaseUrl, max: 1 });
  try {
    await migrate(pool, { mode: 'run' });
  } finally {
    await pool.end();
  }
  await onDatabase(place.databaseUrl, (client) => createAggregates(client, place));
}

/** Rows as `publish` writes them, with the real columns, committed a hundred at a time. */
export async function fillOutbox(place: Place, rows: number, rowsInTransaction = 100): Promise<void> {
  const contract = measuredContract(place.topic);
  await onDatabase(place.databaseUrl, async (client) => {
    const base = place.versionsBefore;
    await inTransactions(rows, rowsInTransaction, (from, to) =>
      client.query({
        name: 'fill',
        text: FILL,
        values: [
          ...[from, to, place.aggregates, base, AGGREGATE_TYPE, contract.name, contract.topic, SOURCE],
          ...[new Date().toISOString(), dataSchemaUrn(contract), avroContentType, traceparentOf(1), TRACED_ONE_IN],
        ],
      }),
    );
    await client.query(
      `INSERT INTO waybill.stream (tenant, aggregate_type, aggregate_id, version)
       SELECT '', $1, id, $2::bigint + ($3::int - number + $4::int - 1) / $4::int FROM bench_aggregate WHERE number < $3
       ON CONFLICT (tenant, aggregate_type, aggregate_id) DO UPDATE SET version = EXCLUDED.version`,
      [AGGREGATE_TYPE, base, rows, place.aggregates],
    );
  });
}

const FILL = `
INSERT INTO waybill.outbox (
  cluster, slot, kind, id, major, aggregatetype, aggregateid, aggregateversion, partitionkey, type, topic, payload, source, time,
  dataschema, contenttype, correlationid, traceparent, baggage)
SELECT (SELECT waybill.cluster_id()), a.slot, 'event', e.id, 1, $5, a.id, e.n / $3 + 1 + $4, a.id, $6, $7, a.value, $8, $9,
       $10, $11, e.id::text,
       CASE WHEN e.n % $13::int = 0 THEN '00-' || lpad(to_hex(e.n + 1), 32, '0') || '-00f067aa0ba902b7-01' ELSE $12 END,
       'correlation.id=' || e.id
  FROM (SELECT n, uuidv7() AS id FROM generate_series($1::int, $2::int) AS n) AS e
  JOIN bench_aggregate a ON a.number = e.n % $3::int
 ORDER BY e.n`;
