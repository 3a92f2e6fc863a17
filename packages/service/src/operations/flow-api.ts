import { z } from 'zod';

/** What the operations API says of how flows do; {@link file://./api.ts} has the rest. */

const time = z.iso.datetime();

/** Times from when an event happened to when it was handled, in milliseconds; the quantiles are a tenth too large at most. */
export const visibility = z.strictObject({ p50Ms: z.int(), p95Ms: z.int(), p99Ms: z.int(), maxMs: z.int() });
export type Visibility = z.output<typeof visibility>;

/** Where a backlog goes if it goes on as it did in the last two minutes; `ms` says when one that `empties` is gone. */
export const timeToZeroView = z.strictObject({
  state: z.enum(['at-rest', 'empties', 'grows', 'stands', 'not-known']),
  ms: z.number().optional(),
});

export const objectiveView = z.strictObject({
  visibleWithinMs: z.number(),
  share: z.number(),
  /** Over the last five minutes, and by what waits in the log; `quiet` when nothing was to be done. */
  state: z.enum(['kept', 'missed', 'quiet']),
  /** The share of the late events that a day may have which it had: 1 when the budget is used up. */
  burnt: z.number(),
});

/** How a consumer does now, from the samples that its service takes every ten seconds. */
export const flowNow = z.strictObject({
  /** Of the last sample. */
  at: time,
  objective: objectiveView,
  /** Of the last minute in which something was handled, among the last five. */
  visibility: visibility.optional(),
  /** Of the last minute; what came is not known while the broker is away. */
  camePerSecond: z.number().optional(),
  handledPerSecond: z.number(),
  failedPerSecond: z.number(),
  /** Records in its topics that it has not read. What is parked was read, and is counted apart. */
  lagEvents: z.int().optional(),
  /** How long the oldest of those has waited; `at-least` when it was there before anybody looked. Absent when none is. */
  lagMs: z.number().optional(),
  lagKnown: z.enum(['measured', 'at-least']).optional(),
  toZero: timeToZeroView,
  /** The 95th percentile of the time to visibility in each of the last 60 minutes, oldest first; null where none was handled. */
  minutes: z.array(z.int().nullable()),
});
export type FlowNow = z.output<typeof flowNow>;

/** A dependency that handlers call, as the breaker in the process that answers has it. */
export const breakerView = z.strictObject({
  dependency: z.string(),
  state: z.enum(['closed', 'open', 'half-open']),
  since: time,
});

/** What happened in a step of time, which ends at `at`. */
export const flowStep = z.strictObject({
  at: time,
  /** How much of the step was sampled. */
  seconds: z.number(),
  handled: z.int(),
  came: z.int().optional(),
  failed: z.int(),
  died: z.int(),
  judged: z.int(),
  beyond: z.int(),
  visibility: visibility.optional(),
  /** The most that it was. */
  lagEvents: z.int().optional(),
  lagMs: z.number().optional(),
});
export type FlowStep = z.output<typeof flowStep>;

export const flowParams = z.object({ name: z.string().max(255) });
export const flowQuery = z.object({
  /** How far back, up to the 24 hours that samples are kept. */
  hours: z.coerce.number().min(0.25).max(24).default(24),
  /** Length of a step; by how long there are samples when left out. */
  minutes: z.coerce.number().int().min(1).max(60).optional(),
});

export const flowView = z.strictObject({
  consumer: z.string(),
  now: flowNow.optional(),
  /** Contracts that it has handlers for, and those that it turns into newer ones. */
  contracts: z.array(
    z.strictObject({ name: z.string(), topic: z.string(), use: z.enum(['handled', 'upcast', 'snapshot']) }),
  ),
  budget: z.strictObject({
    /** Since when there are samples, within the last 24 hours. */
    from: time.optional(),
    judged: z.int(),
    beyond: z.int(),
    /** How many may come late. */
    allowed: z.number(),
    burnt: z.number(),
  }),
  /** What retries cost in the hours asked for. */
  retries: z.strictObject({
    handled: z.int(),
    failed: z.int(),
    /** Failed attempts for each event that was handled; absent when none was. */
    perHandled: z.number().optional(),
    /** Of the time that handlers and calls worked, the share that went into failed attempts, 0 to 1; absent when there was none. */
    wastedShare: z.number().optional(),
    /** Milliseconds that failed attempts took. */
    wastedMs: z.number(),
  }),
  partitions: z.array(
    z.strictObject({
      topic: z.string(),
      partition: z.int(),
      /** Where it is read from next; absent while nobody has begun. */
      nextOffset: z.string().optional(),
      /** The offset that the next record will get. */
      high: z.string(),
      lagEvents: z.int(),
      lagMs: z.number().optional(),
      lagKnown: z.enum(['measured', 'at-least']).optional(),
      at: time,
    }),
  ),
  /** What its handlers declare that they call; all that calls one can be paused together. */
  dependencies: z.array(z.string()),
  breakers: z.array(breakerView),
  /** Oldest first; a step without a sample is left out. */
  steps: z.array(flowStep),
  stepMinutes: z.int(),
});
export type FlowView = z.output<typeof flowView>;
