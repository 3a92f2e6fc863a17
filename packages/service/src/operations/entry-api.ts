import { z } from 'zod';
import { parkedId, reasonText, shortText, time } from './api-shapes.ts';
import { auditEntry } from './audit-api.ts';

/** What the operations API says of failures and of the parked entries behind them. */

/** The states of a parked entry that a person has to tell apart. */
export const entryStates = ['waiting', 'retrying', 'dead'] as const;
export const entryState: z.ZodEnum<{ waiting: 'waiting'; retrying: 'retrying'; dead: 'dead' }> = z.enum(entryStates);

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
