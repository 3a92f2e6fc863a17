import { randomUUID } from 'node:crypto';
import { type AnyContract, type Contract, type Event, type EventId, unframe } from '@waybill/contracts';
import {
  type ConsumerDefinition,
  createOutbox,
  handlingContext,
  type HandlerEntry,
  type Logger,
} from '@waybill/messaging';
import { migrate, postgresOutbox, transaction, waybillMigrations } from '@waybill/postgres';
import { context as activeContext } from '@opentelemetry/api';
import { startTelemetry } from '@waybill/telemetry';
import { createApp } from '../http/app.ts';
import { healthRoutes } from '../http/health.ts';
import { createMetrics } from '../http/metrics.ts';
import { listen } from '../http/server.ts';
import { createPool } from '../lifecycle/pool.ts';
import { serviceMigrations } from '../migrations.ts';
import type { ServiceDefinition, ServiceRuntime } from '../service-definition.ts';

/** An event that a fixture's outbox holds. */
export interface HeldEvent {
  readonly type: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly data: unknown;
}

/**
 * A service on a real database and with its real HTTP side, but without a log: what it publishes stays in its outbox,
 * and events are handed to its handlers by the test. For tests of one service alone.
 */
export interface ServiceFixture {
  /** Where its routes answer. */
  readonly url: string;
  readonly runtime: ServiceRuntime;
  /**
   * Has an event handled as a first delivery would: its call to the outside, if it has one, then its handler in a
   * transaction. Ordering, dedupe and retries are the library's and are not here. Answers the event's id.
   */
  deliver<TData>(consumer: ConsumerDefinition, contract: Contract<TData>, data: NoInfer<TData>): Promise<EventId>;
  /** What the outbox holds, in the order in which it was written; renditions are events of their own. */
  published(): Promise<readonly HeldEvent[]>;
  stop(): Promise<void>;
}

export type FixtureOptions = Pick<ServiceDefinition, 'name' | 'migrations' | 'publishes' | 'routes' | 'openapi'> & {
  /** An empty database, for this fixture alone. */
  readonly databaseUrl: string;
};

/** Starts a service without its log; see {@link ServiceFixture}. */
export async function serviceFixture(options: FixtureOptions): Promise<ServiceFixture> {
  const { name } = options;
  // Without it there is no active context, and so neither correlation nor cause.
  startTelemetry({ serviceName: name });
  const pool = createPool({ connectionString: options.databaseUrl, name, log: silent });
  await migrate(pool, { migrations: waybillMigrations, mode: 'run' });
  await migrate(pool, { namespace: 'service', migrations: serviceMigrations, mode: 'run' });
  await migrate(pool, { namespace: name, migrations: options.migrations, mode: 'run' });

  const outbox = createOutbox({
    store: postgresOutbox(),
    schemaIds: { idOf: () => 1 },
    source: `/waybill/${name}`,
    wake: () => {},
  });
  const runtime: ServiceRuntime = {
    pool,
    log: silent,
    publish: outbox.publish,
    publishAll: outbox.publishAll,
    transaction: (fn) => transaction(pool, fn),
    wake: () => {},
    topics: { rangesOf: withoutBroker, read: withoutBroker },
    registry: { idOf: withoutBroker, schemaOf: withoutBroker },
  };
  const metrics = createMetrics(name);
  const { routes, openapi } = options;
  const server = await listen(
    createApp({ log: silent, metrics, health: healthRoutes(() => [], metrics), routes: routes?.(runtime), openapi }),
    '127.0.0.1',
    0,
  );

  return {
    url: server.url,
    runtime,

    async deliver(consumer, contract, data) {
      const entry = consumer.handlers.find((one) => one.contract.name === contract.name);
      if (entry === undefined) throw new Error(`${consumer.name} has no handler for ${contract.name}.`);
      const event = arrived(contract, data);
      await activeContext.with(handlingContext(activeContext.active(), event), () => handle(runtime, entry, event));
      return event.id;
    },

    async published() {
      const { rows } = await pool.query<HeldRow>('select * from waybill.outbox order by position, major');
      return rows.map((row) => heldEvent(row, options.publishes));
    },

    async stop() {
      server.cut();
      await server.drain();
      await pool.end();
    },
  };
}

interface HeldRow {
  readonly type: string;
  readonly aggregateid: string;
  readonly aggregateversion: string;
  readonly correlationid: string;
  readonly causationid: string | null;
  readonly payload: Uint8Array;
}

function heldEvent(row: HeldRow, contracts: readonly AnyContract[]): HeldEvent {
  const contract = contracts.find((one) => one.name === row.type);
  if (contract === undefined)
    throw new Error(`${row.type} was published and is not among the contracts of the service.`);
  return {
    type: row.type,
    aggregateId: row.aggregateid,
    version: Number(row.aggregateversion),
    correlationId: row.correlationid,
    causationId: row.causationid,
    data: contract.codec.decode(unframe(row.payload).body),
  };
}

async function handle(runtime: ServiceRuntime, entry: HandlerEntry, event: Event<never>): Promise<void> {
  const { signal } = new AbortController();
  const shared = { log: silent, signal, attempt: 1 };
  const { external } = entry;
  const outcome =
    external === undefined || external.when?.(event) === false
      ? undefined
      : await external.call(event, { ...shared, idempotencyKey: event.id, db: runtime.pool });
  await runtime.transaction(async (tx) => {
    await entry.handle(
      event,
      { ...shared, tx, publish: (contract, published) => runtime.publish(tx, contract, published) },
      // An outcome may be stored before it is handled, so it is handed over as it would come back.
      outcome === undefined ? undefined : JSON.parse(JSON.stringify(outcome)),
    );
  });
}

function arrived<TData>(contract: Contract<TData>, data: TData): Event<never> {
  const id = randomUUID() as EventId;
  return {
    id,
    type: contract.name,
    source: '/waybill/test',
    time: new Date(),
    dataSchema: `urn:waybill:schema:${contract.name}:${contract.fingerprint}`,
    tenant: '',
    aggregateType: contract.aggregateType,
    aggregateId: id,
    aggregateVersion: 1,
    correlationId: `correlation-${id}`,
    causationId: undefined,
    trace: {},
    // The entry was found by the contract that types the data.
    data: data as never,
  };
}

const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silent,
};

function withoutBroker(): never {
  throw new Error('A fixture has neither a broker nor a registry. Start the service itself to read from topics.');
}
