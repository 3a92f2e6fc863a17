import { deltaOf } from '@waybill/messaging';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withValues } from '../../../src/publishing/copy-query.ts';
import { chunkSql, LOWEST, POLL_SETTINGS, pollSql } from '../../../src/publishing/poll-sql.ts';
import { type Database, database } from './harness.ts';

const ROWS = 100_000;
const RUNNING = 20;

let db: Database;
let client: Client;
const running: Client[] = [];

/** A table of which the planner knows nothing, and transactions that every snapshot lists. */
beforeAll(async () => {
  db = await database();
  client = new Client({ connectionString: db.url });
  await client.connect();
  for (let written = 0; written < ROWS; written += 5_000) {
    await client.query(
      `INSERT INTO waybill.outbox (slot, kind, id, major, tenant, aggregatetype, aggregateid, aggregateversion,
         partitionkey, type, topic, payload, source, time, dataschema, contenttype, correlationid)
       SELECT n % 1024, 'event', gen_random_uuid(), 1, '', 'a', n::text, 1, n::text, 't', 'a', 'x', 's', '', '', '', ''
         FROM generate_series($1::int + 1, $1::int + 5000) n`,
      [written],
    );
  }
  for (let n = 0; n < RUNNING; n += 1) {
    const writer = new Client({ connectionString: db.url });
    await writer.connect();
    await writer.query('BEGIN; SELECT pg_current_xact_id()');
    running.push(writer);
  }
  // A snapshot lists what is running below the last transaction that ended.
  await client.query('SELECT pg_current_xact_id()');
  await client.query(`SET jit = off; ${POLL_SETTINGS}`);
  await client.query(`DELETE FROM pg_statistic WHERE starelid IN
    (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'waybill.outbox'::regclass)`);
}, 120_000);

afterAll(async () => {
  for (const each of [client, ...running]) await each.end();
  await db.drop();
});

/** Pages that a statement touches, once it is planned. */
async function pagesOf(name: string, types: string, sql: string, values: string): Promise<number> {
  await client.query(`PREPARE ${name} (${types}) AS ${sql}`);
  return pagesTouched(`EXECUTE ${name} (${values})`);
}

async function pagesTouched(statement: string): Promise<number> {
  const explain = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`;
  await client.query(explain);
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(explain);
  const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
  return (plan['Shared Hit Blocks'] ?? Infinity) + (plan['Shared Read Blocks'] ?? Infinity);
}

/** A cursor that has read all, as the values of the statements. */
async function upToDate(): Promise<string> {
  const { rows } = await client.query<{ snapshot: string }>('SELECT pg_current_snapshot()::text AS snapshot');
  const { from, inFlight } = deltaOf({ prev: rows[0]?.snapshot ?? '', backlog: undefined });
  expect(inFlight.length).toBeGreaterThanOrEqual(RUNNING);
  return `'${from}', '{${inFlight.join(',')}}'`;
}

it('an idle poll touches a few pages for each running transaction, and none of the history', async () => {
  const shards = `'{0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15}'`;
  const pages = await pagesOf('poll', 'xid8, xid8[], int[]', pollSql(1_000), `${await upToDate()}, ${shards}`);
  expect(pages).toBeLessThan(10 * RUNNING);
});

it('the lowest position of a delta is found without reading the history', async () => {
  const pages = await pagesOf('lowest', 'xid8, xid8[]', LOWEST, await upToDate());
  expect(pages).toBeLessThan(10 * RUNNING);
});

it('a chunk of a backlog is read without what comes after it', async () => {
  const { rows } = await client.query<{ next: string }>('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next');
  const shards = Array.from({ length: 16 }, (_, shard) => shard);
  const values = [3n, [], shards, BigInt(rows[0]?.next ?? 0), [], 1_000];
  expect(await pagesTouched(withValues(chunkSql(1_000), values))).toBeLessThan(200);
});
