import {
  type AuditEntry,
  type AuditHead,
  type AuditProblem,
  type AuditRecord,
  AuditVerifier,
  nextAuditEntry,
  type Queryable,
} from '@waybill/messaging';

const PAGE = 2_000;

/**
 * Appends to the audit trail, in the transaction of what it tells of: neither is there without the other. Writers wait for
 * each other until they commit, so do nothing slow after it.
 */
export async function appendAudit(tx: Queryable, record: AuditRecord): Promise<AuditEntry> {
  const { rows } = await tx.query(`SELECT seq, encode(hash, 'hex') AS hash FROM waybill.audit_head FOR UPDATE`);
  const entry = nextAuditEntry(headOf(rows[0]), record);
  await tx.query(
    `INSERT INTO waybill.audit (seq, at, actor, approved_by, action, target, reason, details, result, previous, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, decode($10, 'hex'), decode($11, 'hex'))`,
    [
      entry.seq,
      entry.at,
      entry.actor,
      entry.approvedBy ?? null,
      entry.action,
      entry.target,
      entry.reason ?? null,
      entry.details,
      entry.result,
      entry.previous,
      entry.hash,
    ],
  );
  await tx.query(`UPDATE waybill.audit_head SET seq = $1, hash = decode($2, 'hex')`, [entry.seq, entry.hash]);
  return entry;
}

/** Where the trail ends, by the database's own word. */
export async function auditHead(db: Queryable): Promise<AuditHead> {
  const { rows } = await db.query(`SELECT seq, encode(hash, 'hex') AS hash FROM waybill.audit_head`);
  return headOf(rows[0]);
}

export interface AuditFilter {
  readonly after: number;
  readonly limit: number;
  readonly order: 'newest' | 'oldest';
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
}

/** Entries of the trail, `limit` at most; `after` is the place of the last one of the page before, 0 for none. */
export async function readAudit(db: Queryable, filter: AuditFilter): Promise<readonly AuditEntry[]> {
  const newest = filter.order === 'newest';
  const { rows } = await db.query(
    `SELECT seq, at, actor, approved_by, action, target, reason, details, result,
            encode(previous, 'hex') AS previous, encode(hash, 'hex') AS hash
       FROM waybill.audit
      WHERE ($1::bigint = 0 OR ${newest ? 'seq < $1' : 'seq > $1'})
        AND ($3::text IS NULL OR actor = $3) AND ($4::text IS NULL OR action = $4) AND ($5::text IS NULL OR target = $5)
      ORDER BY seq ${newest ? 'DESC' : 'ASC'} LIMIT $2`,
    [filter.after, filter.limit, filter.actor ?? null, filter.action ?? null, filter.target ?? null],
  );
  return rows.map(auditEntryOf);
}

/** All entries from the first to the last, a page at a time. */
export async function* auditEntries(db: Queryable): AsyncGenerator<AuditEntry> {
  for (let after = 0; ;) {
    const page = await readAudit(db, { after, limit: PAGE, order: 'oldest' });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

/** Checks the whole trail, in one snapshot of the database when `db` is a transaction in one. */
export async function verifyAudit(
  db: Queryable,
): Promise<{ readonly head: AuditHead; readonly entries: number; readonly problem: AuditProblem | undefined }> {
  const known = await auditHead(db);
  const verifier = new AuditVerifier();
  let entries = 0;
  for await (const entry of auditEntries(db)) {
    verifier.add(entry);
    entries += 1;
  }
  verifier.end(known);
  return { ...verifier.state, entries };
}

function auditEntryOf(row: Record<string, unknown>): AuditEntry {
  return {
    seq: Number(row['seq']),
    at: row['at'] as Date,
    actor: String(row['actor']),
    approvedBy: (row['approved_by'] ?? undefined) as string | undefined,
    action: String(row['action']),
    target: String(row['target']),
    reason: (row['reason'] ?? undefined) as string | undefined,
    details: String(row['details']),
    result: String(row['result']),
    previous: String(row['previous']),
    hash: String(row['hash']),
  };
}

function headOf(row: Record<string, unknown> | undefined): AuditHead {
  // Without its one row nothing is to be done: no audit entry, no action.
  if (row === undefined) throw new Error('waybill.audit_head is empty: the audit trail cannot be continued.');
  return { seq: Number(row['seq']), hash: String(row['hash']) };
}
