import { z } from 'zod';
import { shortText, time } from './api-shapes.ts';

/** What the operations API says of the audit trail. */

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
