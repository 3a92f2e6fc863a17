import { type ApprovalView, approvalView, commandResult, decideApproval } from '@waybill/service/operations';
import { listIn } from './answers.ts';
import { type Answer, askAll, whoHas } from './ask-all.ts';
import { checked } from './checked.ts';
import type { OperationsClient } from './client.ts';
import { commanded, listed, type Outcome } from './outcome.ts';
import { approvalLines, type ApprovalRow, approvalsLines, mergedApprovals } from './printing/approval-lines.ts';
import type { Session } from './session.ts';

/** Lists what waits for somebody's agreement. */
export async function listApprovals(session: Session, service: string | undefined): Promise<Outcome> {
  const heard = await askAll(session.clients(service), waitingApprovals);
  const approvals = mergedApprovals(
    heard.answers.flatMap(({ service, answer }) => answer.map((approval): ApprovalRow => ({ service, ...approval }))),
  );
  return listed(heard, approvalsLines(approvals, session.view()), { approvals });
}

export interface DecideFlags {
  readonly service?: string;
  readonly note?: string;
}

/** Agrees to what somebody asked for, which then happens and may not be undone, so it is shown and asked before. */
export async function approve(session: Session, id: string, flags: DecideFlags): Promise<Outcome> {
  const found = await approvalOf(session, flags.service, id);
  const row = { ...found.answer, service: found.service };
  for (const line of approvalLines(row, session.view())) session.screen.line(line);
  await session.questions.confirm('Agree to this? It is done at once.');
  return decide(found, 'approve', flags.note);
}

/** Says no to what somebody asked for; nothing happens. */
export async function reject(session: Session, id: string, flags: DecideFlags): Promise<Outcome> {
  return decide(await approvalOf(session, flags.service, id), 'reject', flags.note);
}

async function decide(
  { client, answer: { id, operation, target } }: Answer<ApprovalView>,
  decision: 'approve' | 'reject',
  note: string | undefined,
): Promise<Outcome> {
  const body = checked(decideApproval, { decision, ...(note === undefined ? {} : { note }) });
  const result = await client.post(`/approvals/${encodeURIComponent(id)}/decide`, body, commandResult);
  return commanded(
    client.service,
    result,
    `${operation} of ${target} is ${decision === 'approve' ? 'approved' : 'rejected'}`,
  );
}

async function approvalOf(session: Session, service: string | undefined, id: string): Promise<Answer<ApprovalView>> {
  return whoHas(session.clients(service), `an approval ${id} that waits`, async (client) =>
    (await waitingApprovals(client)).find((approval) => approval.id === id),
  );
}

async function waitingApprovals(client: OperationsClient): Promise<readonly ApprovalView[]> {
  return client.get('/approvals', listIn('approvals', approvalView), { state: 'waiting' });
}
