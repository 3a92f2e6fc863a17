import type { AnyContract } from '@waybill/contracts';
import {
  createOutbox,
  fact,
  type Logger,
  type OutgoingRecord,
  type Publisher,
  type Queryable,
  type Relay,
  type RelayOptions,
  type SendOutcome,
  startRelay,
} from '@waybill/messaging';
import { eventually, testEnvironment } from '@waybill/testing';
import { Pool } from 'pg';
import { expect } from 'vitest';
import { migrate, postgresOutbox, postgresRelayStore } from '../../../src/index.ts';

export const placed = contractOf('orders.v1.OrderPlaced', 'event', 'orders.order');
export const orderSnapshot = contractOf('orders.v1.Order', 'snapshot', 'orders.order.snapshot');

export function contractOf(name: string, kind: 'event' | 'snapshot', topic: string): AnyContract {
  return {
    name,
    event: name.replace(/\.v\d+/, ''),
    major: Number(/\.v(\d+)\./.exec(name)?.[1]),
    kind,
    aggregateType: 'orders.order',
    topic,
    schema: '{}',
    fingerprint: 'f'.repeat(64),
    personal: [],
    codec: { encode: (data: unknown) => new TextEncoder().encode(JSON.stringify(data)), decode: () => undefined },
  };
}

export const schemaIds = { idOf: () => 7 };

export const outbox = createOutbox({
  store: postgresOutbox(),
  schemaIds,
  source: '/waybill/orders',
  wake: () => undefined,
});

export const publish = (tx: Queryable, aggregateId: string, data: unknown = {}) =>
  outbox.publish(tx, placed, { aggregateId, data });

export const publishMany = (tx: Queryable, ids: readonly string[]) =>
  outbox.publishAll(
    tx,
    ids.map((aggregateId) => fact(placed, { aggregateId, data: {} })),
  );

export interface Database {
  readonly url: string;
  readonly pool: Pool;
  drop(): Promise<void>;
}

/** A database of the test's own; migrated unless told otherwise. */
export async function database(options: { readonly migrated?: boolean } = {}): Promise<Database> {
  const environment = await testEnvironment();
  const { url, drop } = await environment.createDatabase('publishing');
  const pool = new Pool({ connectionString: url, max: 30 });
  pool.on('error', () => undefined);
  if (options.migrated ?? true) await migrate(pool, { mode: 'run' });
  return {
    url,
    pool,
    async drop() {
      await pool.end();
      await drop();
    },
  };
}

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

/** Keeps what it is sent, and answers as told. */
export class RecordingLog implements Publisher {
  readonly records: OutgoingRecord[] = [];
  answer: (record: OutgoingRecord) => SendOutcome = () => ({ status: 'acknowledged' });
  delayMs = 0;

  async send(records: readonly OutgoingRecord[]): Promise<readonly SendOutcome[]> {
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    return records.map((record) => {
      const outcome = this.answer(record);
      if (outcome.status === 'acknowledged') this.records.push(record);
      return outcome;
    });
  }

  async close(): Promise<void> {}

  /** The versions of each key, in the order of their first arrival. */
  firstArrivals(): Map<string, number[]> {
    const seen = new Map<string, number[]>();
    for (const { key, headers } of this.records) {
      const versions = seen.get(key) ?? [];
      const version = Number(headers['ce_aggregateversion']);
      if (!versions.includes(version)) versions.push(version);
      seen.set(key, versions);
    }
    return seen;
  }
}

export function relay(db: Database, publisher: Publisher, options: Partial<RelayOptions> = {}): Relay {
  return startRelay({ store: postgresRelayStore({ connectionString: db.url }), publisher, log: silent, ...options });
}

/** Waits until the log has every committed event, and then holds that order and completeness are right. */
export async function expectAllPublished(db: Database, log: RecordingLog, deadlineMs = 20_000): Promise<void> {
  const { rows } = await db.pool.query<{ aggregate_id: string; version: string }>(
    'SELECT aggregate_id, version FROM waybill.stream',
  );
  const count = rows.reduce((sum, row) => sum + Number(row.version), 0);
  await eventually(
    () => {
      const seen = [...log.firstArrivals().values()].reduce((sum, versions) => sum + versions.length, 0);
      if (seen !== count) throw new Error(`${seen} of ${count} events`);
      return true;
    },
    { deadlineMs, what: 'all committed events in the log' },
  );
  const arrivals = log.firstArrivals();
  for (const { aggregate_id: id, version } of rows) {
    expect(arrivals.get(id)).toEqual(Array.from({ length: Number(version) }, (_, index) => index + 1));
  }
}
