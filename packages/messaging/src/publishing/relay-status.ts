/** How a relay stands, for health and metrics. Counters begin with the process. */
export interface RelayStatus {
  readonly relay: string;
  readonly connected: boolean;
  /** Whether other processes can wake it; else it looks by itself, at most half a second late. */
  readonly listening: boolean;
  readonly shards: readonly number[];
  /** Events not yet published, as an estimate: 0 unless there is a backlog. */
  readonly lagEvents: number;
  /** Milliseconds since the oldest event being published was made; 0 when all are published. */
  readonly lagMs: number;
  /** Aggregates held, of the shards owned. */
  readonly held: number;
  /** What stands in the way now; `undefined` when all is well. */
  readonly trouble: { readonly code: string; readonly message: string; readonly since: Date } | undefined;
  readonly published: number;
  readonly rejected: number;
  /** Sends that had to be repeated, because a topic or the broker was not available. */
  readonly retries: number;
  readonly polls: number;
  readonly saves: number;
}

/** The counters behind a status; the relay alone writes them. */
export interface RelayCounters {
  published: number;
  rejected: number;
  retries: number;
  polls: number;
  saves: number;
}
