import { defineContract } from '@waybill/contracts';
import { createTopics, kafkaLogEnds, kafkaPublisher, type LogEnds } from '@waybill/kafka';
import { consumer, on, type Publisher } from '@waybill/messaging';
import { HANDLED_IN_WINDOW, migrate } from '@waybill/postgres';
import { testEnvironment, uniqueName } from '@waybill/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sampleFlows } from '../../../src/flows/flow-sampler.ts';
import { Flows } from '../../../src/flows/flows.ts';
import { silent } from '../fixtures/app.ts';

const topic = uniqueName('samples');
const placed = defineContract<{ readonly id: string }, 'samples.v1.OrderPlaced'>({
  name: 'samples.v1.OrderPlaced',
  kind: 'event',
  aggregateType: 'samples.order',
  topic,
  personal: [],
  schema:
    '{"type":"record","name":"OrderPlaced","namespace":"samples.v1","fields":[{"name":"id","type":"string"}],"waybill.kind":"event","waybill.aggregate":"samples.order"}',
});
const name = 'samples.mail';
const mail = consumer({
  ...{ name, kind: 'reaction', from: 'beginning', handlers: [on(placed, () => undefined)] },
  objective: { visibleWithinMs: 2_000, share: 0.9 },
});
let pool: Pool;
let publisher: Publisher;
let ends: LogEnds;
let drop: () => Promise<void>;

beforeAll(async () => {
  const environment = await testEnvironment();
  const database = await environment.createDatabase('samples');
  drop = database.drop;
  pool = new Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => undefined);
  await migrate(pool, { mode: 'run' });
  const connection = { brokers: environment.kafkaBrokers, clientId: 'samples', log: silent };
  await createTopics({ ...connection, topics: [{ name: topic, partitions: 2 }] });
  publisher = kafkaPublisher(connection);
  ends = kafkaLogEnds(connection);
  await pool.query(`INSERT INTO waybill.flow (consumer, known_since) VALUES ($1, now() - interval '1 day')`, [name]);
});
afterAll(async () => {
  await publisher.close();
  await ends.close();
  await pool.end();
  await drop();
});
beforeEach(async () => {
  await pool.query(`UPDATE waybill.flow_sampler SET claimed_at = '-infinity'`);
  await pool.query('TRUNCATE waybill.inbox, waybill.flow_sample');
});

const sample = async (from: Pick<LogEnds, 'of'> = ends, everyMs = 0) =>
  sampleFlows({ pool, definitions: [mail], ends: from, log: silent }, everyMs);
const now = async () => (await new Flows(pool, [mail]).now()).get(name);

/** Events that were handled now and became visible after so many milliseconds each. */
async function handled(...visibleAfterMs: readonly number[]): Promise<void> {
  await pool.query(
    `INSERT INTO waybill.inbox (event_id, consumer, tenant, aggregate_type, aggregate_id, version, type, event_time,
                                correlation_id, arrival, received_at, work_ms, attempts, handled_at)
     SELECT gen_random_uuid(), $1, '', 'samples.order', 'a', 1, 'samples.v1.OrderPlaced',
            clock_timestamp() - ms * interval '1 ms', 'c', 'delivered', now(), 1, 1, clock_timestamp()
       FROM unnest($2::float8[]) ms`,
    [name, visibleAfterMs],
  );
}

async function publish(count: number, key = 'a'): Promise<void> {
  const record = { topic, key, value: new Uint8Array(1), headers: {} };
  const outcomes = await publisher.send(Array.from({ length: count }, () => record));
  expect(outcomes.every(({ status }) => status === 'acknowledged')).toBe(true);
}

async function readUpTo(offset: number): Promise<void> {
  await pool.query(
    `INSERT INTO waybill.consumer_position (consumer, topic, partition, next_offset)
     SELECT $1, $2, p, CASE WHEN high > 0 THEN $3::bigint ELSE 0 END
       FROM (SELECT partition AS p, max(high) AS high FROM waybill.log_end WHERE topic = $2 GROUP BY partition) e
         ON CONFLICT (consumer, topic, partition) DO UPDATE SET next_offset = excluded.next_offset`,
    [name, topic, offset],
  );
}

test('a sample says how soon events were visible, and which of them were too late', async () => {
  await sample();
  await handled(...Array.from({ length: 95 }, () => 100), 3_000, 3_000, 3_000, 3_000, 4_000);
  expect(await sample()).toBe('sampled');
  const flow = await now();
  expect(flow?.objective).toMatchObject({ visibleWithinMs: 2_000, share: 0.9, state: 'kept' });
  expect(flow?.objective.burnt).toBeCloseTo(0.5);
  expect(flow?.visibility?.p50Ms).toBeGreaterThanOrEqual(100);
  expect(flow?.visibility?.p50Ms).toBeLessThan(115);
  expect(flow?.visibility?.p99Ms).toBeGreaterThanOrEqual(3_000);
  expect(flow?.visibility?.maxMs).toBeGreaterThanOrEqual(4_000);
  expect(flow?.minutes.filter((ms) => ms !== null)).toHaveLength(1);
});

test('an event that was handled in a transaction that was open at a sample is in a later one, and in one alone', async () => {
  await sample();
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query(
    `INSERT INTO waybill.inbox (event_id, consumer, tenant, aggregate_type, aggregate_id, version, type, event_time,
                                correlation_id, arrival, received_at, work_ms, attempts)
     VALUES (gen_random_uuid(), $1, '', 'samples.order', 'b', 1, 't', now(), 'c', 'delivered', now(), 1, 1)`,
    [name],
  );
  await sample();
  await client.query('COMMIT');
  client.release();
  await handled(1);
  await sample();
  await sample();
  const { rows } = await pool.query<{ handled: number }>(
    'SELECT sum(handled)::int AS handled FROM waybill.flow_sample',
  );
  expect(rows[0]?.handled).toBe(2);
});

test('what happened before a consumer is looked at, and what a person gave up, is not held against it', async () => {
  await sample();
  await handled(2 * 86_400_000, 5);
  await pool.query(
    `UPDATE waybill.inbox SET arrival = 'skipped' WHERE clock_timestamp() - event_time < interval '1 h'`,
  );
  await handled(7);
  await sample();
  const { rows } = await pool.query(
    'SELECT sum(handled)::int AS handled, sum(judged)::int AS judged FROM waybill.flow_sample',
  );
  expect(rows[0]).toEqual({ handled: 2, judged: 1 });
});

test('lag is known as events and as time, from when the log was seen to pass what was read', async () => {
  await sample();
  await publish(10);
  await sample();
  await readUpTo(4);
  await pool.query(
    `UPDATE waybill.log_end SET first_at = first_at - interval '1 min', last_at = last_at - interval '1 min'`,
  );
  await sample();
  const flow = await now();
  expect(flow).toMatchObject({ lagEvents: 6, lagKnown: 'measured', toZero: { state: 'not-known' } });
  expect(flow?.lagMs).toBeGreaterThan(59_000);
  expect(flow?.lagMs).toBeLessThan(75_000);
  expect(flow?.objective.state).toBe('missed');
  const view = await new Flows(pool, [mail]).of(mail, { hours: 1, minutes: 5 }, undefined);
  expect(view.partitions.map(({ lagEvents }) => lagEvents).toSorted((a, b) => a - b)).toEqual([0, 6]);
  expect(view.steps.reduce((sum, { came }) => sum + (came ?? 0), 0)).toBe(10);
  expect(view.contracts).toEqual([{ name: 'samples.v1.OrderPlaced', topic, use: 'handled' }]);

  await readUpTo(10);
  await sample();
  expect(await now()).toMatchObject({ lagEvents: 0, toZero: { state: 'at-rest' } });
});

test('a log that was made anew begins anew, and what it held before does not count', async () => {
  await pool.query(
    `INSERT INTO waybill.log_end VALUES ($1, 0, 900, now() - interval '1 h', now()), ($1, 1, 900, now() - interval '1 h', now())`,
    [topic],
  );
  await sample();
  const { rows } = await pool.query<{ high: string }>('SELECT max(high) AS high FROM waybill.log_end');
  expect(Number(rows[0]?.high)).toBeLessThan(900);
});

test('while the broker is away, what is in the database is sampled, and the lag is not known', async () => {
  await sample();
  await handled(10);
  const away = { of: async () => Promise.reject(new Error('no broker')) };
  expect(await sample(away)).toBe('sampled');
  expect(await now()).toMatchObject({ handledPerSecond: expect.any(Number), toZero: { state: 'not-known' } });
  expect((await now())?.lagEvents).toBeUndefined();
});

test('whoever stops does not wait for a broker that is away', async () => {
  const stopping = new AbortController();
  const asked = Promise.withResolvers<void>();
  const never = {
    of: async () => {
      asked.resolve();
      return new Promise<never>(() => undefined);
    },
  };
  const options = { pool, definitions: [mail], ends: never, log: silent, signal: stopping.signal };
  const sampling = sampleFlows(options, 0);
  await asked.promise;
  stopping.abort();
  expect(await sampling).toBe('not-due');
});

test('of several processes one takes a sample', async () => {
  const outcomes = await Promise.all(Array.from({ length: 4 }, async () => sample(ends, 10_000)));
  expect(outcomes.filter((outcome) => outcome === 'sampled')).toHaveLength(1);
});

test('a window is read from a large inbox without the rest of it', async () => {
  await pool.query(
    `INSERT INTO waybill.inbox (event_id, consumer, tenant, aggregate_type, aggregate_id, version, type, event_time,
                                correlation_id, arrival, received_at, work_ms, attempts, handled_at)
     SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 19))::uuid,
            $1, '', 'samples.order', n::text, 1, 't', at, 'c', 'delivered', at, 1, 1, at
       FROM (SELECT n, now() - (100000 - n) * interval '200 ms' AS at FROM generate_series(1, 100000) n) e`,
    [name],
  );
  await pool.query(`SELECT brin_summarize_new_values(indexrelid::regclass) FROM pg_index
    WHERE indrelid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'waybill.inbox'::regclass)
      AND pg_get_indexdef(indexrelid) LIKE '%brin%'`);
  const client = await pool.connect();
  await client.query('SET enable_seqscan = off');
  const explain = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${HANDLED_IN_WINDOW}`;
  const values = [new Date(Date.now() - 10_000), new Date(), [name], [2_000], 1.1];
  await client.query(explain, values);
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(explain, values);
  client.release();
  const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
  expect((plan['Shared Hit Blocks'] ?? Infinity) + (plan['Shared Read Blocks'] ?? Infinity)).toBeLessThan(400);
});
