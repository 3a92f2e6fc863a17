import type { RelayStore } from '@waybill/messaging';
import { Client } from 'pg';
import type { PartitionOptions } from './partitions.ts';
import { PostgresRelaySession } from './relay-session.ts';

export interface RelayStoreOptions {
  /** The primary, directly or through a pooler in session mode: the relay listens and prepares statements. */
  readonly connectionString: string;
  readonly partitions?: PartitionOptions;
  /** Milliseconds after which a connection attempt counts as failed; 5,000 when left out. */
  readonly connectTimeoutMs?: number;
}

/** The outbox of one database, for the relay. A session holds two connections: they plan differently. */
export function postgresRelayStore(options: RelayStoreOptions): RelayStore {
  const client = (): Client =>
    new Client({
      connectionString: options.connectionString,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
      // A query on a connection that died without a word must fail some time; the relay's lease notices sooner.
      query_timeout: 60_000,
      keepAlive: true,
      application_name: 'waybill-relay',
    });
  return {
    connect: (events) => PostgresRelaySession.open(client, events, options.partitions ?? {}),
  };
}
