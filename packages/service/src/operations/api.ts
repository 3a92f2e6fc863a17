import { z } from 'zod';
import { breakerView, flowNow, timeToZeroView } from './flow-api.ts';

export * from './flow-api.ts';
export * from './shadow-api.ts';

/**
 * What the operations API of a service speaks: one place for the service that answers, the command line and the
 * console. Times are RFC 3339 in UTC, ids of parked entries and positions are decimal text, since they may pass 2^53.
 */

export * from './rebuild-api.ts';

const time = z.iso.datetime();
const parkedId = z.string().regex(/^\d{1,19}$/, 'must be the number of a parked entry');
const shortText = z.string().trim().min(1).max(255);
/** Why somebody does something; it is kept in the audit trail. */
export const reasonText: z.ZodString = z.string().trim().min(3, 'say why, in three characters at least').max(1_000);

/** The states of a parked entry that a person has to tell apart. */
export const entryStates = ['waiting', 'retrying', 'dead'] as const;
export const entryState: z.ZodEnum<{ waiting: 'waiting'; retrying: 'retrying'; dead: 'dead' }> = z.enum(entryStates);

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

/** Failures of one kind: the same fault of the same handler, however often and at whatever entity. */
export const failureGroup = z.strictObject({
  fingerprint: z.string(),
  consumer: z.string(),
  /** The event types that it befell. */
  types: z.array(z.string()),
  errorType: z.string(),
  errorCode: z.string(),
  message: z.string(),
  entries: z.int(),
  dead: z.int(),
  retrying: z.int(),
  /** Entities that one of its entries holds up, and the events that wait behind them. */
  blockedEntities: z.int(),
  blockedEvents: z.int(),
  firstAt: time,
  lastAt: time,
  /** Failed attempts by hour, oldest first, of the last 24. */
  hours: z.array(z.int()),
});
export type FailureGroup = z.output<typeof failureGroup>;

export const parkedSummary = z.strictObject({
  id: parkedId,
  consumer: z.string(),
  state: entryState,
  /** As the queue has it: `gap`, `behind`, `dependency`, `external`, `retry`, `dead`. */
  reason: z.string(),
  tenant: z.string(),
  aggregateType: z.string(),
  aggregateId: z.string(),
  version: z.int(),
  type: z.string(),
  eventId: z.string(),
  correlationId: z.string().optional(),
  fingerprint: z.string().optional(),
  errorCode: z.string().optional(),
  message: z.string().optional(),
  attempts: z.int(),
  redriven: z.int(),
  assignee: z.string().optional(),
  holdsEntity: z.boolean(),
  /** Events of its entity that wait behind it. */
  behind: z.int(),
  parkedAt: time,
  failedAt: time.optional(),
  dueAt: time.optional(),
});
export type ParkedSummary = z.output<typeof parkedSummary>;

export const auditEntry = z.strictObject({
  seq: z.int(),
  at: time,
  actor: z.string(),
  approvedBy: z.string().optional(),
  action: z.string(),
  target: z.string(),
  reason: z.string().optional(),
  details: z.unknown(),
  /** Of an edit: the event's data before and after, with its personal values masked. It is not part of the chain. */
  diff: z.strictObject({ before: z.unknown().optional(), after: z.unknown().optional() }).optional(),
  result: z.string(),
  previous: z.string(),
  hash: z.string(),
});
export type AuditEntryView = z.output<typeof auditEntry>;

export const parkedEntry = parkedSummary.extend({
  errorType: z.string().optional(),
  stack: z.string().optional(),
  topic: z.string(),
  partition: z.int().optional(),
  offset: z.string().optional(),
  headers: z.record(z.string(), z.string()),
  traceId: z.string().optional(),
  causationId: z.string().optional(),
  /** The version of its entity that the consumer has applied. */
  applied: z.int(),
  waitsFor: z.string().optional(),
  call: z.enum(['none', 'calling', 'interrupted']),
  /** The event's data by its schema, personal values masked; absent when it cannot be read. */
  data: z.unknown().optional(),
  /** The Avro schema of the data, JSON text. */
  schema: z.string().optional(),
  /** Paths of the data that are masked: `customer.email`. */
  masked: z.array(z.string()),
  /** Why the data cannot be shown. */
  unreadable: z.string().optional(),
  attemptsMade: z.array(
    z.strictObject({
      attempt: z.int(),
      at: time,
      errorType: z.string(),
      errorCode: z.string(),
      message: z.string(),
    }),
  ),
  /** Its entity's queue, lowest version first, itself included; at most 50. */
  queue: z.array(parkedSummary),
  edits: z.array(
    z.strictObject({ at: time, actor: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
  ),
  /** What was done with it. */
  history: z.array(auditEntry),
});
export type ParkedEntry = z.output<typeof parkedEntry>;

/** Which parked entries a list shows or a job takes. What is left out does not restrict. */
export const parkedSelection = z.strictObject({
  consumer: shortText.optional(),
  state: entryState.optional(),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'must be 16 hex digits')
    .optional(),
  type: shortText.optional(),
  aggregateId: shortText.optional(),
  correlationId: shortText.optional(),
  eventId: shortText.optional(),
  assignee: shortText.optional(),
  /** RFC 3339; entries that were parked at or after it. */
  since: time.optional(),
  until: time.optional(),
});
export type ParkedSelection = z.output<typeof parkedSelection>;

export const parkedQuery = parkedSelection.extend({
  /** The id of the last entry of the page before. */
  after: parkedId.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const parkedPage = z.strictObject({
  entries: z.array(parkedSummary),
  total: z.int(),
  /** To be given as `after` for the next page. */
  next: parkedId.optional(),
});
export type ParkedPage = z.output<typeof parkedPage>;

export const parkedParams = z.object({ id: parkedId });

export const redriveBody = z.strictObject({ reason: reasonText.optional() });
export const skipBody = z.strictObject({ reason: reasonText });
export const passGapBody = z.strictObject({ reason: reasonText });
export const unmaskBody = z.strictObject({ reason: reasonText });
export const noteBody = z.strictObject({ text: z.string().trim().min(1).max(4_000) });
export const assignBody = z.strictObject({ assignee: shortText.nullable() });
/** The event's data as JSON, in the form in which {@link parkedEntry} shows it. A masked value is kept as it is. */
export const editBody = z.strictObject({ data: z.record(z.string(), z.unknown()), reason: reasonText });

/** What a command did. `waits-for-approval`: nothing yet, until another person agrees. */
export const commandResult = z.strictObject({
  result: z.enum(['done', 'waits-for-approval']),
  audit: z.int().optional(),
  approval: z.uuid().optional(),
  job: z.uuid().optional(),
});
export type CommandResult = z.output<typeof commandResult>;

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

export const auditQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  /** Newest first when left out. */
  order: z.enum(['newest', 'oldest']).default('newest'),
  actor: shortText.optional(),
  action: shortText.optional(),
  target: shortText.optional(),
});
export const auditPage = z.strictObject({ entries: z.array(auditEntry), next: z.int().optional() });
export type AuditPage = z.output<typeof auditPage>;

export const auditVerdict = z.strictObject({
  verdict: z.enum(['intact', 'broken']),
  entries: z.int(),
  head: z.strictObject({ seq: z.int(), hash: z.string() }),
  /** The first entry that does not fit, and why. */
  problem: z.strictObject({ seq: z.int(), problem: z.string() }).optional(),
});
export type AuditVerdict = z.output<typeof auditVerdict>;

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
