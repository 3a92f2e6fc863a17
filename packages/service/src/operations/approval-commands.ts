import { randomUUID } from 'node:crypto';
import type { Json } from '@waybill/contracts';
import type { Queryable } from '@waybill/messaging';
import { type ApprovalRow, askApproval, decideApproval, lockApproval } from '@waybill/postgres';
import { z } from 'zod';
import { problem } from '../http/problem.ts';
import type { CommandResult } from './api.ts';
import { editBody, jobParams, parkedParams, reasonText, skipBody, startJob, swapRebuild } from './api.ts';
import { editEntry, skipEntry } from './entry-commands.ts';
import type { Desk } from './desk.ts';
import type { Identity } from './identity.ts';
import { beginJob } from './job-commands.ts';
import { askSwap } from './rebuild-commands.ts';
import { noteDone, type OnBehalf, type Performed } from './performed.ts';

/** Minutes for which a request for approval stands, and for which unmasking lasts once it is granted. */
const approvalMinutes = 24 * 60;

/** What may need a second person, in the form in which it is kept until that one agrees. */
const approvable = z.discriminatedUnion('operation', [
  z.object({ operation: z.literal('edit'), id: parkedParams.shape.id, ...editBody.shape }),
  z.object({ operation: z.literal('skip'), id: parkedParams.shape.id, ...skipBody.shape }),
  z.object({ operation: z.literal('unmask'), id: parkedParams.shape.id, reason: reasonText }),
  z.object({ operation: z.literal('jobs'), job: startJob }),
  z.object({ operation: z.literal('swap'), id: jobParams.shape.id, ...swapRebuild.shape }),
]);
export type Approvable = z.output<typeof approvable>;

/** Writes down what somebody asks another to agree to. Nothing else happens until then. */
export async function askFor(tx: Queryable, identity: Identity, asked: Approvable): Promise<CommandResult> {
  const id = randomUUID();
  const target = targetOf(asked);
  const reason = asked.operation === 'jobs' ? asked.job.reason : asked.reason;
  await askApproval(tx, {
    ...{ id, operation: asked.operation, target, reason, actor: identity.actor, minutes: approvalMinutes },
    request: asked,
  });
  const by = { actor: identity.actor, approvedBy: undefined };
  const { audit } = await noteDone(tx, by, {
    ...{ action: 'approval.ask', target, reason, result: 'waits for approval' },
    details: { approval: id, operation: asked.operation },
  });
  return { result: 'waits-for-approval', approval: id, ...(audit === undefined ? {} : { audit }) };
}

/**
 * Agrees to what somebody asked for, and does it in the same transaction, or rejects it.
 * @throws {ProblemError} 403 when one agrees to what is one's own, 409 when it was decided or its time is up.
 */
export async function decide(
  tx: Queryable,
  { bodies, definitions, facts }: Pick<Desk, 'bodies' | 'definitions' | 'facts'>,
  by: Identity,
  decided: { readonly id: string; readonly decision: 'approve' | 'reject'; readonly note: string | undefined },
): Promise<CommandResult> {
  const { id, decision, note } = decided;
  const row = await lockApproval(tx, id);
  if (row === undefined)
    throw problem(404, { code: 'ops.no-approval', detail: 'There is no such request for approval.' });
  if (row.actor === by.actor && decision === 'approve') {
    throw problem(403, {
      code: 'ops.own-approval',
      detail: 'You asked for this yourself. Another person has to agree.',
    });
  }
  if (row.state !== 'waiting') {
    throw problem(409, {
      code: 'ops.approval-over',
      detail: `It is ${row.state} already. Ask anew if it is still wanted.`,
    });
  }
  const state = decision === 'approve' ? 'approved' : 'rejected';
  await decideApproval(tx, id, { state, by: by.actor, note });
  if (decision === 'reject') {
    const performed = {
      action: 'approval.reject',
      target: row.target,
      reason: note,
      details: { approval: id, asked: row.actor },
      result: 'rejected',
    };
    return noteDone(tx, { actor: by.actor, approvedBy: undefined }, performed);
  }
  const onBehalf = { actor: row.actor, approvedBy: by.actor };
  const performed = await carryOut(tx, { bodies, definitions }, row, onBehalf);
  return noteDone(tx, onBehalf, { ...performed, details: { ...performed.details, approval: id } }, facts);
}

async function carryOut(
  tx: Queryable,
  { bodies, definitions }: Pick<Desk, 'bodies' | 'definitions'>,
  row: ApprovalRow,
  by: OnBehalf,
): Promise<Performed> {
  const asked = approvable.parse(row.request);
  switch (asked.operation) {
    case 'edit':
      return editEntry(tx, bodies, { id: asked.id, data: asked.data as Json, reason: asked.reason, actor: by.actor });
    case 'skip':
      return skipEntry(tx, definitions, asked.id, asked.reason);
    case 'unmask':
      return { action: 'parked.unmask', target: `parked/${asked.id}`, reason: asked.reason, result: 'may be seen' };
    case 'jobs':
      return beginJob(tx, definitions, asked.job, by);
    case 'swap':
      return askSwap(tx, definitions, asked, by);
  }
}

/** Minutes after the approval for which the values may be seen. */
const sightMinutes = 15;

/**
 * Whether an approval lets this person see this entry's personal values now.
 * @throws {ProblemError} 403 when it does not.
 */
export async function needSight(tx: Queryable, approval: string, entryId: string, by: Identity): Promise<void> {
  const row = await lockApproval(tx, approval);
  const until = (row?.decidedAt?.getTime() ?? 0) + sightMinutes * 60_000;
  const fits = row?.operation === 'unmask' && row.state === 'approved' && row.target === `parked/${entryId}`;
  if (fits && row.actor === by.actor && until > Date.now()) return;
  throw problem(403, {
    code: 'ops.no-sight',
    detail: `Personal values are shown for ${sightMinutes} minutes after another person agreed. Ask for it anew.`,
  });
}

function targetOf(asked: Approvable): string {
  switch (asked.operation) {
    case 'jobs':
      return `consumer/${consumerOf(asked)}`;
    case 'swap':
      return `job/${asked.id}`;
    case 'edit':
    case 'skip':
    case 'unmask':
      return `parked/${asked.id}`;
  }
}

function consumerOf({ job }: Extract<Approvable, { operation: 'jobs' }>): string {
  return job.kind === 'redrive' ? job.selection.consumer : job.consumer;
}
