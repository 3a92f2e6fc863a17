import { kafkaTopicReader, type KafkaConnection } from '@waybill/kafka';
import type { ConsumerDefinition, Logger, ProducerSource, Queryable, RunningConsumer } from '@waybill/messaging';
import { postgresInbox, type PostgresInboxOptions } from '@waybill/postgres';
import type pg from 'pg';
import type { ServiceFacts } from '../operations/facts.ts';
import type { RebuildOptions } from '../operations/rebuild-standing.ts';
import type { ReplaySource } from '../operations/replay-feed.ts';

/** What a service has, as far as its projections are rebuilt with it. */
export interface RebuildsOptions {
  readonly pool: pg.Pool;
  /** Of rebuilds alone: they take no connection from the living consumers. */
  readonly rebuildPool: pg.Pool;
  readonly prepare: PostgresInboxOptions['prepare'];
  readonly connection: KafkaConnection;
  readonly replays: ReplaySource;
  readonly definitions: readonly ConsumerDefinition[];
  readonly producers: ProducerSource;
  readonly facts: ServiceFacts | undefined;
  readonly version: string | undefined;
  readonly log: Logger;
  readonly running: () => readonly RunningConsumer[];
  transaction<T>(fn: (tx: Queryable) => Promise<T>): Promise<T>;
  followPauses(): Promise<void>;
}

/** Puts together what a service's projections are rebuilt with. */
export function rebuildsOf(options: RebuildsOptions): RebuildOptions {
  const { pool, rebuildPool, prepare, connection, replays, running, ...rest } = options;
  return {
    ...{
      ...rest,
      pool,
      db: pool,
      registry: replays.registry,
      ranges: replays.log,
      topics: kafkaTopicReader(connection),
    },
    inbox: postgresInbox(rebuildPool, { ...(prepare === undefined ? {} : { prepare }) }),
    provide: async (projection, key) => {
      const living = running().find((consumer) => consumer.status().name === projection);
      return (await living?.provide(key)) ?? false;
    },
  };
}
