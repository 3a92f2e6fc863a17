import type { NetworkKnobs } from '../kernel/network.ts';

/** The consumers that a world may have, each with another promise. */
export const consumerNames = [
  'shop.orders',
  'shop.totals',
  'shop.ledger',
  'shop.alerts',
  'shop.search',
  'shop.card',
  'shop.mail',
  'shop.dependent',
] as const;
export type ConsumerName = (typeof consumerNames)[number];

/** One fact of a business transaction; `n` tells it from all others of its world. */
export interface PlannedFact {
  readonly n: number;
  readonly entity: string;
  /** `changed` has handlers; `seen` has none, and only raises the version. */
  readonly kind: 'changed' | 'seen' | 'customer';
  readonly delta: number;
}

/** A business transaction. */
export interface PlannedChange {
  readonly atMs: number;
  readonly process: string;
  readonly facts: readonly PlannedFact[];
  /** A fact that is written and undone by a savepoint before the others. */
  readonly undone: PlannedFact | undefined;
  /** Milliseconds that it stays open after its last statement. */
  readonly openMs: number;
  readonly end: 'commit' | 'rollback' | 'prepare';
}

export interface PlannedSnapshot {
  readonly atMs: number;
  readonly process: string;
  readonly entity: string;
}

/** What a handler does instead of its work, the first times that it sees a fact. */
export interface PlannedFailure {
  readonly consumer: ConsumerName;
  readonly n: number;
  readonly how: 'retryable' | 'unknown' | 'terminal' | 'pause' | 'slow' | 'after its writes';
  readonly times: number;
}

export type PlannedFault =
  | { readonly kind: 'kill'; readonly atMs: number; readonly process: string; readonly forMs: number }
  | { readonly kind: 'freeze'; readonly atMs: number; readonly process: string; readonly forMs: number }
  | { readonly kind: 'stop'; readonly atMs: number; readonly process: string; readonly forMs: number }
  | {
      readonly kind: 'cut';
      readonly atMs: number;
      readonly process: string;
      readonly server: Server;
      readonly forMs: number;
    }
  | {
      readonly kind: 'crash';
      readonly atMs: number;
      readonly server: 'orders-db' | 'shop-db' | 'log';
      readonly forMs: number;
    }
  | { readonly kind: 'rebalance'; readonly atMs: number; readonly consumer: ConsumerName }
  | { readonly kind: 'garbage'; readonly atMs: number; readonly entity: string };

/** What a person does with something that failed, at a time; which one is chosen from those that are there then. */
export interface PlannedOperation {
  readonly atMs: number;
  readonly what: 'redrive' | 'edit' | 'skip';
  readonly choice: number;
  /** `twice`: two people do the same at the same moment. */
  readonly people: 'one' | 'twice';
}

/** What processes talk to. */
export const servers = ['orders-db', 'shop-db', 'log', 'producer', 'registry', 'outside'] as const;
export type Server = (typeof servers)[number];

/** All that is decided about a world before it begins. What is left to chance comes from its seed. */
export interface Plan {
  readonly seed: number;
  readonly processes: readonly string[];
  readonly partitions: number;
  readonly consumers: readonly ConsumerName[];
  /** When the consumers' processes start, in milliseconds. */
  readonly consumersAtMs: number;
  readonly leaseMs: number;
  readonly batchRows: number;
  readonly deliveredAtOnce: number;
  /** Milliseconds that each send takes, until it is calm. */
  readonly sendMs: number;
  readonly gapPatienceMs: number;
  readonly network: NetworkKnobs;
  /** Shares of deliveries that come twice, and of which a record comes after those behind it. */
  readonly duplicateShare: number;
  readonly reorderShare: number;
  readonly clockOffsetMs: number;
  readonly changes: readonly PlannedChange[];
  readonly snapshots: readonly PlannedSnapshot[];
  readonly failures: readonly PlannedFailure[];
  /** Facts whose records the broker refuses until it is calm. */
  readonly refused: readonly number[];
  /** Facts written under a schema that the registry does not know before `mendedAtMs`. */
  readonly undecodable: readonly number[];
  readonly mendedAtMs: number;
  /** In a world that has them, what failed for good is mended at `mendedAtMs`. */
  readonly operations: readonly PlannedOperation[];
  readonly faults: readonly PlannedFault[];
  /** When faults end, in milliseconds. */
  readonly calmAtMs: number;
}
