import type { Logger, OutboxStore, SchemaIds } from '@waybill/messaging';
import { fetchEvents, type SnapshotSource, snapshotOf, startSnapshotter } from '@waybill/postgres';
import type pg from 'pg';
import type { ProducerRecords } from '../producers/producer-routes.ts';

export interface SnapshotsOptions {
  readonly pool: pg.Pool;
  readonly store: OutboxStore;
  readonly sources: readonly SnapshotSource[];
  readonly schemaIds: SchemaIds;
  /** `ce_source`. */
  readonly source: string;
  readonly log: Logger;
  readonly wake: () => void;
}

/** Snapshots of changed entities, being published. */
export interface RunningSnapshots {
  stop(): Promise<void>;
}

/** What this service hands out to those that miss something, and the publishing of its snapshots. */
export interface Snapshots {
  readonly records: ProducerRecords;
  /** Publishes the entities that changed, every `intervalMs`. */
  start(intervalMs: number): RunningSnapshots;
}

export function snapshotsOf(options: SnapshotsOptions): Snapshots {
  const { pool, sources } = options;
  return {
    records: {
      async snapshot({ aggregateType, aggregateId, tenant }) {
        const from = sources.find(({ contract }) => contract.aggregateType === aggregateType);
        return from === undefined ? undefined : snapshotOf(pool, from, { tenant, aggregateId }, options);
      },
      events: (entity, fromVersion, toVersion) => fetchEvents(pool, { ...entity, fromVersion, toVersion }),
    },
    start: (intervalMs) => startSnapshotter({ ...options, intervalMs }),
  };
}
