import type { Queryable } from '@waybill/messaging';

/** What one person asked for and another must agree to. */
export interface ApprovalRow {
  readonly id: string;
  readonly operation: string;
  readonly target: string;
  readonly request: unknown;
  readonly reason: string;
  readonly actor: string;
  readonly askedAt: Date;
  readonly until: Date;
  readonly state: 'waiting' | 'approved' | 'rejected' | 'expired';
  readonly decidedBy: string | undefined;
  readonly decidedAt: Date | undefined;
  readonly note: string | undefined;
}

const SHOWN = 200;
const COLUMNS = `*, CASE WHEN state = 'waiting' AND until < now() THEN 'expired' ELSE state END AS shown`;

/** Asks for another person's agreement, for so many minutes. */
export async function askApproval(
  tx: Queryable,
  ask: Pick<ApprovalRow, 'id' | 'operation' | 'target' | 'request' | 'reason' | 'actor'> & { readonly minutes: number },
): Promise<void> {
  await tx.query(
    `INSERT INTO waybill.approval (id, operation, target, request, reason, actor, until)
     VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 minute')`,
    [ask.id, ask.operation, ask.target, JSON.stringify(ask.request), ask.reason, ask.actor, ask.minutes],
  );
}

/** Newest first. */
export async function listApprovals(db: Queryable, state: 'waiting' | undefined): Promise<readonly ApprovalRow[]> {
  const { rows } = await db.query(
    `SELECT ${COLUMNS} FROM waybill.approval
      WHERE $1::text IS NULL OR (state = 'waiting' AND until >= now()) ORDER BY asked_at DESC LIMIT ${SHOWN}`,
    [state ?? null],
  );
  return rows.map(approvalRow);
}

/** One approval, locked, so that it is decided once. */
export async function lockApproval(tx: Queryable, id: string): Promise<ApprovalRow | undefined> {
  const { rows } = await tx.query(`SELECT ${COLUMNS} FROM waybill.approval WHERE id = $1 FOR UPDATE`, [id]);
  return rows[0] === undefined ? undefined : approvalRow(rows[0]);
}

export async function decideApproval(
  tx: Queryable,
  id: string,
  decision: { readonly state: 'approved' | 'rejected'; readonly by: string; readonly note: string | undefined },
): Promise<void> {
  await tx.query(
    `UPDATE waybill.approval SET state = $2, decided_by = $3, decided_at = clock_timestamp(), note = $4 WHERE id = $1`,
    [id, decision.state, decision.by, decision.note ?? null],
  );
}

function approvalRow(row: Record<string, unknown>): ApprovalRow {
  return {
    id: String(row['id']),
    operation: String(row['operation']),
    target: String(row['target']),
    request: row['request'],
    reason: String(row['reason']),
    actor: String(row['actor']),
    askedAt: row['asked_at'] as Date,
    until: row['until'] as Date,
    state: row['shown'] as ApprovalRow['state'],
    decidedBy: (row['decided_by'] ?? undefined) as string | undefined,
    decidedAt: (row['decided_at'] ?? undefined) as Date | undefined,
    note: (row['note'] ?? undefined) as string | undefined,
  };
}
