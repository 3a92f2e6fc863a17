import type { Environment } from '@waybill/infra';

/** Where a run takes place: servers shared by all runs, a database and a topic of its own. Plain data, so that it reaches a process. */
export interface Place {
  readonly databaseUrl: string;
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly topic: string;
  readonly schemaId: number;
  readonly aggregates: number;
  /** Versions that every entity has had before the run. */
  readonly versionsBefore: number;
  /** Unique to the run: for groups, slots and client ids. */
  readonly run: string;
}

/** The servers of the bench. */
export type Servers = Pick<Environment, 'postgresUrl' | 'kafkaBrokers' | 'registryUrl' | 'ownsRegistry' | 'mode'>;

export const PARTITIONS = 6;
