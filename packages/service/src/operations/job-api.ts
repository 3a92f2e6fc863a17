import { z } from 'zod';
import { reasonText, shortText, time } from './api-shapes.ts';
import { parkedSelection } from './entry-api.ts';

/** What the operations API says of jobs. */

/** How fast a job goes, and when it stops by itself. */
export const jobPace = z.strictObject({
  /** Entries a second. */
  perSecond: z.number().min(0.1).max(5_000).default(50),
  /** Seconds over which it comes up to that. */
  rampSeconds: z.number().min(0).max(3_600).default(10),
  /** Entries that go first, alone; the rest follows when they have ended well. 0 for none. */
  canary: z.int().min(0).max(1_000).default(5),
  /** The share of those ended that may fail, 0 to 1, before it stops. */
  stopAtFailureShare: z.number().min(0).max(1).default(0.2),
});
export type JobPace = z.output<typeof jobPace>;

const offset = z.string().regex(/^\d{1,19}$/, 'must be an offset');

/** Published events that one consumer is to be given again, from a topic that it subscribes to. */
export const replaySelection = z.strictObject({
  topic: shortText,
  types: z.array(shortText).max(50).optional(),
  aggregateId: shortText.optional(),
  correlationId: shortText.optional(),
  /** By the time of the record on the topic: at or after `since`, before `until`. */
  since: time.optional(),
  until: time.optional(),
  /** `again`: also what a person gave up. It stays given up when left out. */
  skipped: z.literal('again').optional(),
  /** Only these partitions, from an offset on, and up to the one before `to`. */
  positions: z
    .array(z.strictObject({ partition: z.int().min(0), from: offset.optional(), to: offset.optional() }))
    .min(1)
    .max(1_000)
    .optional(),
});
export type ReplaySelection = z.output<typeof replaySelection>;

/** A rebuild goes as fast as it may unless somebody says otherwise: live events go first anyway, and nobody sees what it makes. */
const rebuildPace = jobPace.extend({
  perSecond: z.number().min(0.1).max(5_000).default(2_000),
  rampSeconds: z.number().min(0).max(3_600).default(0),
  canary: z.int().min(0).max(1_000).default(0),
});

export const startJob = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('redrive'),
    selection: parkedSelection.extend({ consumer: shortText }),
    pace: jobPace.prefault({}),
    reason: reasonText,
  }),
  z.strictObject({
    kind: z.literal('replay'),
    consumer: shortText,
    selection: replaySelection,
    pace: jobPace.prefault({}),
    reason: reasonText,
  }),
  /** A projection anew, from all that the log has, beside the living one. */
  z.strictObject({
    kind: z.literal('rebuild'),
    consumer: shortText,
    pace: rebuildPace.prefault({}),
    reason: reasonText,
  }),
  /** Runs the handlers that a consumer declares as its shadow beside its living ones, and keeps nothing of what they do. */
  z.strictObject({
    kind: z.literal('shadow'),
    consumer: shortText,
    selection: replaySelection.omit({ skipped: true }),
    pace: jobPace.prefault({}),
    reason: reasonText,
  }),
]);
export type StartJob = z.output<typeof startJob>;

/** What a job would touch. */
export const dryRun = z.strictObject({
  total: z.int(),
  /**
   * Of a replay: `exact` when the records were read, and so many of them were not handled; `at-most` when there are too
   * many to read, and `total` is how many there are. Absent for what is always exact.
   */
  estimate: z.enum(['exact', 'at-most']).optional(),
  entities: z.int(),
  /** Events that wait behind those entities. */
  behind: z.int(),
  oldest: time.optional(),
  newest: time.optional(),
  types: z.array(z.strictObject({ type: z.string(), count: z.int() })),
  /** Whether another person must agree. */
  needsApproval: z.boolean(),
  estimatedSeconds: z.number(),
});
export type DryRun = z.output<typeof dryRun>;

export const jobView = z.strictObject({
  id: z.uuid(),
  kind: z.enum(['redrive', 'replay', 'rebuild', 'shadow']),
  consumer: z.string(),
  selection: z.record(z.string(), z.unknown()),
  pace: jobPace,
  reason: z.string(),
  actor: z.string(),
  approvedBy: z.string().optional(),
  /** `ready`: it came to its end, and a person says what becomes of what it made. */
  state: z.enum(['running', 'paused', 'stopped', 'ready', 'cancelled', 'done']),
  /** Why it stopped. */
  note: z.string().optional(),
  total: z.int(),
  /** Entries that it began: those that ended well, that failed again, that were skipped, and that are under way. */
  taken: z.int(),
  done: z.int(),
  failed: z.int(),
  skipped: z.int(),
  underWay: z.int(),
  /** Entries that were not there any more, or not dead, when their turn came; of a replay, what needed no replaying. */
  passedOver: z.int(),
  createdAt: time,
  endedAt: time.optional(),
  /** Seconds until it is done at its present rate. */
  estimatedSeconds: z.number().optional(),
  /** What it found, in the form of its kind. */
  report: z.unknown().optional(),
});
export type JobView = z.output<typeof jobView>;

export const jobParams = z.object({ id: z.uuid() });
export const steerJob = z.strictObject({
  action: z.enum(['pause', 'resume', 'cancel']),
  reason: reasonText.optional(),
});
export const swapRebuild = z.strictObject({ reason: reasonText });
export const discardRebuild = z.strictObject({ reason: reasonText.optional() });
export const repaceJob = z.strictObject({ perSecond: z.number().min(0.1).max(5_000) });
