import type { Queryable } from '@waybill/messaging';
import { appendAudit, useToken } from '@waybill/postgres';
import { problem } from '../http/problem.ts';
import type { CommandResult } from './api.ts';
import type { ServiceFacts, Told } from './facts.ts';
import type { Identity } from './identity.ts';

/** For whom something is done. */
export interface OnBehalf {
  readonly actor: string;
  /** Who agreed, where that was needed. */
  readonly approvedBy: string | undefined;
}

/** What was done, as the audit trail tells it. Details never hold personal data: the trail is kept for good. */
export interface Performed {
  readonly action: string;
  readonly target: string;
  readonly reason?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly result: string;
  /** The job that it began. */
  readonly job?: string;
  /** What of it is a fact for others. */
  readonly told?: readonly Told[];
}

/**
 * Writes down what was done, and tells it to whoever consumes facts, in the transaction that does it. Last in it: writers of
 * the trail wait for each other.
 */
export async function noteDone(
  tx: Queryable,
  by: OnBehalf,
  performed: Performed,
  facts?: ServiceFacts,
): Promise<CommandResult> {
  const { action, target, reason, details = {}, result, told = [] } = performed;
  await facts?.operated(tx, by, told, { reason });
  const entry = await appendAudit(tx, {
    ...{ at: new Date(), actor: by.actor, approvedBy: by.approvedBy, action, target, reason, result },
    details: JSON.stringify(details),
  });
  return { result: 'done', audit: entry.seq, ...(performed.job === undefined ? {} : { job: performed.job }) };
}

/** Uses up a command's token. @throws {ProblemError} 409 when it served before: somebody repeats what they overheard. */
export async function spendToken(tx: Queryable, { tokenId, expiresAt }: Identity): Promise<void> {
  if (await useToken(tx, tokenId, expiresAt)) return;
  throw problem(409, {
    code: 'ops.token-used',
    detail: 'The token of this command was used before. Make a new token for each command.',
  });
}
