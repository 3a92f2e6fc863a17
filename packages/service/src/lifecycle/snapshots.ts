import type { Logger, SchemaIds } from '@waybill/messaging';
import { fetchEvents } from '@waybill/postgres';
import type pg from 'pg';
import type { ProducerRecords } from '../producers/producer-routes.ts';
import type { SnapshotSource } from '../service-definition.ts';

export interface SnapshotsOptions {
  readonly pool: pg.Pool;
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
  return {
    records: {
      snapshot: async () => undefined,
      events: (entity, fromVersion, toVersion) => fetchEvents(options.pool, { ...entity, fromVersion, toVersion }),
    },
    start: () => ({ stop: async () => undefined }),
  };
}
