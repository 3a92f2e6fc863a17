/** How a topic is set up. Made from a context's `context.yaml` by the generator. */
export interface TopicSpec {
  readonly name: string;
  readonly aggregateType: string;
  readonly carries: 'events' | 'snapshots';
  readonly partitions: number;
  readonly cleanupPolicy: 'delete' | 'compact';
  /** Milliseconds that a record is kept; undefined where compaction alone removes records. */
  readonly retentionMs: number | undefined;
}

/** Who answers for a context's contracts, and what they promise. Made from its `context.yaml` by the generator. */
export interface ContextInfo {
  readonly name: string;
  readonly owner: string;
  readonly contact: string;
  /** Milliseconds from a producer's commit to the effect in a consumer, 99th percentile. */
  readonly timeToVisibilityMs: number;
}
