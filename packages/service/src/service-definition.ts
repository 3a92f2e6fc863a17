import type { AnyContract } from '@waybill/contracts';
import type { TopicRangeReader } from '@waybill/kafka';
import type { ConsumerDefinition, Logger, Outbox, Queryable, SchemaRegistry } from '@waybill/messaging';
import type { Migration, SnapshotSource } from '@waybill/postgres';
import type { Router } from 'express';
import type pg from 'pg';
import type { BackgroundTask } from './background-task.ts';
import type { ServiceConfig } from './config.ts';
import type { FactContracts } from './operations/facts.ts';

/** What a service is: its name, its tables, what it publishes, handles and serves. Given to {@link runService}. */
export interface ServiceDefinition<TConfig extends ServiceConfig = ServiceConfig> {
  /** `orders`; its events come from `/waybill/orders`. */
  readonly name: string;
  readonly config: TConfig;
  /** Of the domain's tables, under the service's name. */
  readonly migrations: readonly Migration[];
  /** Events and snapshots; the service refuses to start when one is not registered. */
  readonly publishes: readonly AnyContract[];
  /**
   * The contracts by which what happens in its operation is published: `operationalFacts` of the schemas. None is published
   * without them, nor without an operations API. Not by the service that consumes them, whose failures would feed on themselves.
   */
  readonly facts?: FactContracts;
  consumers?(runtime: ServiceRuntime): readonly ConsumerDefinition[];
  /**
   * Set where consuming is a side matter: the service starts and is ready without the broker, also when one of its consumers
   * cannot go on; each begins, or goes on, when the broker is there.
   */
  readonly consumersMayLack?: 'broker';
  snapshots?(runtime: ServiceRuntime): readonly SnapshotSource[];
  routes?(runtime: ServiceRuntime): Router;
  /** Served at /openapi.json; made with {@link openapi}. */
  readonly openapi?: object;
  tasks?(runtime: ServiceRuntime): readonly BackgroundTask[];
}

/** What a service's own code gets to work with. */
export interface ServiceRuntime {
  readonly pool: pg.Pool;
  readonly log: Logger;
  publish: Outbox['publish'];
  publishAll: Outbox['publishAll'];
  /** Commits when `fn` fulfils and wakes the relay; rolls back when it rejects. */
  transaction<T>(fn: (tx: Queryable) => Promise<T>): Promise<T>;
  /** For those who commit by themselves. */
  wake(): void;
  /** Reads parts of topics, beside any group. */
  readonly topics: TopicRangeReader;
  readonly registry: SchemaRegistry;
}
