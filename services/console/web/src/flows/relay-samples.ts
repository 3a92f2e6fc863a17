/** What the publishing of a service had done at a time. */
export interface RelaySample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly published: number;
  readonly lagEvents: number;
}

/** Samples older than this say nothing about now. */
const windowMs = 60_000;

/** The samples with one more, and without those that are too old. A count that fell means a new process: begin anew. */
export function withSample(samples: readonly RelaySample[], sample: RelaySample): readonly RelaySample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.at <= last.at) return samples;
  if (last !== undefined && sample.published < last.published) return [sample];
  return [...samples.filter(({ at }) => sample.at - at <= windowMs), sample];
}

/** Events a second that were published over the samples, or undefined while one sample is all there is. */
export function publishRate(samples: readonly RelaySample[]): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at === first.at) return undefined;
  return ((last.published - first.published) * 1_000) / (last.at - first.at);
}

/**
 * How long until nothing waits, in milliseconds, if it goes on as it did: by how fast the backlog shrank.
 * 0 when nothing waits; undefined when it does not shrink or when too little is known.
 */
export function timeToZero(samples: readonly RelaySample[]): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (last === undefined) return undefined;
  if (last.lagEvents <= 0) return 0;
  if (first === undefined || last.at === first.at) return undefined;
  const shrinking = (first.lagEvents - last.lagEvents) / (last.at - first.at);
  return shrinking > 0 ? last.lagEvents / shrinking : undefined;
}
