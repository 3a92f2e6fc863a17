import { z } from 'zod';
import { parkedId, reasonText, shortText, time } from './api-shapes.ts';
import { breakerView, flowNow, timeToZeroView } from './flow-api.ts';

/**
 * What the operations API of a service speaks: one place for the service that answers, the command line and the
 * console. Times are RFC 3339 in UTC, ids of parked entries and positions are decimal text, since they may pass 2^53.
 */

export { reasonText } from './api-shapes.ts';
export * from './audit-api.ts';
export * from './entry-api.ts';
export * from './flow-api.ts';
export * from './job-api.ts';
export * from './rebuild-api.ts';
export * from './shadow-api.ts';

export const pauseView = z.strictObject({
  id: z.uuid(),
  scope: z.enum(['consumer', 'dependency', 'relay']),
  name: shortText,
  /** `drain`: nothing new is taken from the log, and what is parked is worked off. */
  mode: z.enum(['stop', 'drain']),
  reason: z.string(),
  actor: z.string(),
  pausedAt: time,
  until: time,
});
export type PauseView = z.output<typeof pauseView>;

export const consumerView = z.strictObject({
  name: z.string(),
  kind: z.enum(['projection', 'reaction']),
  criticality: z.enum(['critical', 'normal', 'deferrable']),
  state: z.enum(['starting', 'consuming', 'paused', 'unhealthy', 'failed', 'stopped']),
  /** Why it is not consuming: a dependency that is down, a pause, a problem. */
  stateReason: z.string().optional(),
  topics: z.array(z.string()),
  /** The contracts that it has handlers for: `orders.v2.OrderPlaced`. */
  contracts: z.array(z.string()),
  /** Those of which it has a second handler, to be compared; absent where there is none. */
  shadow: z.array(z.string()).optional(),
  /** How it does; absent until it was sampled. */
  flow: flowNow.optional(),
  breakers: z.array(breakerView),
  waiting: z.int(),
  retrying: z.int(),
  dead: z.int(),
  /** Entities whose events stand still behind a dead one. */
  blockedEntities: z.int(),
  oldestParkedAt: time.optional(),
  oldestDeadAt: time.optional(),
  /** Since the process that answered started. */
  handled: z.int(),
  failures: z.int(),
  pause: pauseView.optional(),
  /** While it drains: entries that are still worked off by themselves. What is dead, or behind that, waits for a person. */
  leftToDrain: z.int().optional(),
});
export type ConsumerView = z.output<typeof consumerView>;

export const overview = z.strictObject({
  service: z.string(),
  at: time,
  consumers: z.array(consumerView),
  relay: z
    .strictObject({
      connected: z.boolean(),
      lagMs: z.number(),
      lagEvents: z.number(),
      held: z.int(),
      shards: z.array(z.int()),
      published: z.number(),
      /** Over the last minute; absent until the process has run for some of it. */
      publishedPerSecond: z.number().optional(),
      toZero: timeToZeroView,
      pauses: z.array(pauseView),
    })
    .optional(),
  pauses: z.array(pauseView),
  runningJobs: z.int(),
  waitingApprovals: z.int(),
  audit: z.strictObject({ seq: z.int(), hash: z.string() }),
});
export type Overview = z.output<typeof overview>;

/** What a command did. `waits-for-approval`: nothing yet, until another person agrees. */
export const commandResult = z.strictObject({
  result: z.enum(['done', 'waits-for-approval']),
  audit: z.int().optional(),
  approval: z.uuid().optional(),
  job: z.uuid().optional(),
});
export type CommandResult = z.output<typeof commandResult>;

export const approvalView = z.strictObject({
  id: z.uuid(),
  operation: z.string(),
  target: z.string(),
  /** What was asked for, personal values masked. */
  request: z.record(z.string(), z.unknown()),
  reason: z.string(),
  actor: z.string(),
  askedAt: time,
  until: time,
  state: z.enum(['waiting', 'approved', 'rejected', 'expired']),
  decidedBy: z.string().optional(),
  decidedAt: time.optional(),
  note: z.string().optional(),
});
export type ApprovalView = z.output<typeof approvalView>;
export const decideApproval = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  note: z.string().trim().max(1_000).optional(),
});

export const startPause = z
  .strictObject({
    scope: z.enum(['consumer', 'dependency', 'relay']),
    /** A consumer's name, a declared dependency's, or for the relay one of its 16 shards, `0` to `15`, or `*` for all. */
    name: shortText,
    mode: z.enum(['stop', 'drain']).default('stop'),
    reason: reasonText,
    minutes: z.number().min(1).max(10_080),
  })
  .refine(({ scope, mode }) => mode === 'stop' || scope === 'consumer', {
    path: ['mode'],
    error: 'drain is for a consumer; a dependency and a relay are paused with stop',
  })
  .refine(({ scope, name }) => scope !== 'relay' || /^(?:\*|\d|1[0-5])$/.test(name), {
    path: ['name'],
    error: 'of a relay must be * for all of it, or the number of a shard from 0 to 15',
  });
export const endPause = z.strictObject({ reason: reasonText.optional() });

export const resetOffsets = z.strictObject({
  topic: shortText,
  /** Where each partition is read from again; those left out stay. */
  positions: z.array(z.strictObject({ partition: z.int().min(0), offset: z.string().regex(/^\d{1,19}$/) })).min(1),
  reason: reasonText,
});

/** What a service knows of an id: what it published, and what its consumers did with what came. */
export const traceQuery = z.strictObject({
  id: z.string().trim().min(1).max(255),
  /** Entities, with commas between them, whose published events are wanted too: no index finds those by correlation. */
  entities: z.string().max(8_000).optional(),
});
export const traceStep = z.strictObject({
  kind: z.enum(['published', 'handled', 'skipped', 'parked']),
  eventId: z.string(),
  type: z.string(),
  aggregateType: z.string(),
  aggregateId: z.string(),
  version: z.int(),
  correlationId: z.string().optional(),
  causationId: z.string().optional(),
  traceId: z.string().optional(),
  /** When it happened: published, received, skipped or parked. */
  at: time,
  consumer: z.string().optional(),
  /** Of what was handled: when that ended, how long the handler took, and how it came. */
  endedAt: time.optional(),
  workMs: z.number().optional(),
  arrival: z.string().optional(),
  attempts: z.int().optional(),
  /** Why it was skipped, or why it waits. */
  why: z.string().optional(),
  parkedId: parkedId.optional(),
  /** Of what stood in the queue, also when it was handled or given up since: when it came there. */
  parkedAt: time.optional(),
  /** Attempts that failed, the first first; at most 20, and of the last weeks. */
  tries: z.array(z.strictObject({ at: time, workMs: z.number().optional() })).optional(),
});
export type TraceStep = z.output<typeof traceStep>;
export const traceResult = z.strictObject({
  correlationIds: z.array(z.string()),
  steps: z.array(traceStep),
  /** Whether there was more than is shown. */
  cut: z.boolean(),
});
export type TraceResult = z.output<typeof traceResult>;
