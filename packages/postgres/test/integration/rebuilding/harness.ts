import { randomUUID } from 'node:crypto';
import { type TestDatabase, testEnvironment } from '@waybill/testing';
import pg from 'pg';
import {
  createGenerationTables,
  type GenerationRow,
  insertGeneration,
  insertJob,
  inspectTables,
  type LivingTable,
  transaction,
} from '../../../src/index.ts';
import { migratedDatabase } from '../postgres-workbench.ts';

const consumer = 'shop.view';

let made: Promise<TestDatabase> | undefined;

/** What each test has a copy of. */
async function template(): Promise<TestDatabase> {
  made ??= migratedDatabase().then(async (database) => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`CREATE TABLE public.view (id text PRIMARY KEY, total integer NOT NULL, note jsonb)`);
    await client.query(`CREATE INDEX view_by_total ON public.view (total)`);
    await client.end();
    return database;
  });
  return made;
}

/** A database with a projection's table `view`, and a generation of it that was just begun. */
export async function rebuildingHarness() {
  const database = await (await testEnvironment()).createDatabase('rebuilding', await template());
  const pool = new pg.Pool({ connectionString: database.url, max: 6 });
  pool.on('error', () => undefined);
  const rows = async (sql: string, params: readonly unknown[] = []) =>
    (await pool.query<Record<string, unknown>>(sql, [...params])).rows;
  return {
    consumer,
    pool,
    rows,
    /** Begins a generation, with its tables. */
    async generation(
      of: string = consumer,
    ): Promise<{ readonly generation: GenerationRow; readonly tables: readonly LivingTable[] }> {
      const job = randomUUID();
      const { tables } = await inspectTables(pool, [{ name: 'view' }]);
      return transaction(pool, async (tx) => {
        await insertJob(tx, {
          ...{ id: job, kind: 'rebuild', consumer: of, selection: {}, pace: {}, reason: 'a test', actor: 'ada' },
          ...{ approvedBy: undefined, total: 0, checkpoint: {} },
        });
        const generation = await insertGeneration(tx, of, job);
        if (generation === undefined) throw new Error('another generation is being built');
        await createGenerationTables(tx, generation.schema, tables);
        return { generation, tables };
      });
    },
    async position(of: string, offset: number): Promise<void> {
      await pool.query(
        `INSERT INTO waybill.consumer_position (consumer, topic, partition, next_offset) VALUES ($1, 'shop', 0, $2)
         ON CONFLICT (consumer, topic, partition) DO UPDATE SET next_offset = excluded.next_offset`,
        [of, offset],
      );
    },
    async entity(of: string, id: string, applied: number): Promise<void> {
      await pool.query(
        `INSERT INTO waybill.entity (consumer, tenant, aggregate_type, aggregate_id, applied) VALUES ($1, '', 'order', $2, $3)`,
        [of, id, applied],
      );
    },
    async parked(of: string, id: string, version: number, reason: 'dead' | 'behind', eventId: string = randomUUID()) {
      await pool.query(
        `INSERT INTO waybill.parked (consumer, aggregate_type, aggregate_id, version, event_id, type, reason, holds_entity,
           topic, partition, log_offset, headers, error_type, error_code, error_message, failure_told)
         VALUES ($1, 'order', $2, $3, $4, 'v1.Placed', $5, true, 'shop', 0, 0, '{}', 'Error', 'x', $1, true)`,
        [of, id, version, eventId, reason],
      );
      return eventId;
    },
    async handled(id: string, version: number): Promise<void> {
      await pool.query(
        `INSERT INTO waybill.inbox (consumer, event_id, tenant, aggregate_type, aggregate_id, version, type, event_time,
           correlation_id, arrival, received_at, work_ms, attempts)
         VALUES ($1, $2, '', 'order', $3, $4, 'v1.Placed', now(), 'c', 'delivered', now(), 1, 1)`,
        [consumer, randomUUID(), id, version],
      );
    },
    async close(): Promise<void> {
      await pool.end();
      await database.drop();
    },
  };
}

export type RebuildingHarness = Awaited<ReturnType<typeof rebuildingHarness>>;

/** Takes away what tests have copies of, once they are over. */
export async function dropTemplate(): Promise<void> {
  await (await made)?.drop();
}
