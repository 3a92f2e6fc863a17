/** What a contestant's business process does, one transaction for each event. */
export interface EventWriter {
  /** Commits the event with this number; fulfilled once COMMIT was acknowledged. */
  write(sequence: number): Promise<void>;
  close(): Promise<void>;
}

/** What a writer tells after a stretch at a rate. */
export interface Written {
  /** The number of its first event, and when each was due and when its COMMIT was acknowledged (`clockMs`). */
  readonly from: number;
  readonly due: Float64Array;
  readonly committed: Float64Array;
}

/** What the receiver tells: when each event came, by its number (`clockMs`); 0 for one that did not. */
export interface Received {
  readonly at: Float64Array;
  readonly doubled: number;
}

/** Milliseconds of a clock that all processes of the machine share and that is never set. */
export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
