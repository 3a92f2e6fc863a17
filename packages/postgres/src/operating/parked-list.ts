import type { ParkedReason, Queryable } from '@waybill/messaging';
import { type EditRow, editsOf } from './edits.ts';

/** Which parked entries are meant; what is left out does not restrict. */
export interface ParkedFilter {
  readonly consumer?: string | undefined;
  readonly state?: 'waiting' | 'retrying' | 'dead' | undefined;
  readonly fingerprint?: string | undefined;
  readonly type?: string | undefined;
  readonly aggregateId?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly assignee?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** A parked entry as a list shows it. */
export interface ParkedRow {
  readonly id: string;
  readonly consumer: string;
  readonly reason: ParkedReason;
  readonly tenant: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  readonly eventId: string;
  readonly correlationId: string | undefined;
  readonly fingerprint: string | undefined;
  readonly errorCode: string | undefined;
  readonly errorType: string | undefined;
  readonly message: string | undefined;
  readonly stack: string | undefined;
  readonly attempts: number;
  readonly redriven: number;
  readonly assignee: string | undefined;
  readonly holdsEntity: boolean;
  readonly behind: number;
  readonly parkedAt: Date;
  readonly failedAt: Date | undefined;
  readonly dueAt: Date | undefined;
}

const FROM_ENTRY = `SELECT p.*, CASE WHEN p.holds_entity THEN (
    SELECT count(*) FROM waybill.parked b
     WHERE b.holds_entity AND b.version > p.version
       AND (b.consumer, b.tenant, b.aggregate_type, b.aggregate_id)
         = (p.consumer, p.tenant, p.aggregate_type, p.aggregate_id)) ELSE 0 END AS behind
  FROM waybill.parked p`;

/** The condition of a filter, over `waybill.parked p`, with its parameters from `$1` on. */
export function parkedCondition(filter: ParkedFilter): { readonly sql: string; readonly params: readonly unknown[] } {
  const params: unknown[] = [];
  // What a generation under construction has parked is its rebuild's, and no consumer's.
  const conditions: string[] = [`p.consumer NOT LIKE '%@%'`];
  const where = (value: unknown, condition: (place: string) => string): void => {
    if (value === undefined) return;
    params.push(value);
    conditions.push(condition(`$${params.length}`));
  };
  where(filter.consumer, (at) => `p.consumer = ${at}`);
  where(filter.fingerprint, (at) => `p.fingerprint = ${at}`);
  where(filter.type, (at) => `p.type = ${at}`);
  where(filter.aggregateId, (at) => `p.aggregate_id = ${at}`);
  where(filter.correlationId, (at) => `p.correlation_id = ${at}`);
  where(filter.eventId, (at) => `p.event_id = ${at}`);
  where(filter.assignee, (at) => `p.assignee = ${at}`);
  where(filter.since, (at) => `p.parked_at >= ${at}::timestamptz`);
  where(filter.until, (at) => `p.parked_at < ${at}::timestamptz`);
  if (filter.state === 'dead') conditions.push(`p.reason = 'dead'`);
  if (filter.state === 'retrying') conditions.push(`p.reason = 'retry'`);
  if (filter.state === 'waiting') conditions.push(`p.reason NOT IN ('dead', 'retry')`);
  return { sql: conditions.join(' AND '), params };
}

/** A page of the parked entries, oldest first, so that it stays in place while new ones come. */
export async function listParked(
  db: Queryable,
  filter: ParkedFilter,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<{ readonly entries: readonly ParkedRow[]; readonly total: number }> {
  const { sql, params } = parkedCondition(filter);
  // In one statement, so that the count and the page are of one moment.
  const { rows } = await db.query(
    `SELECT page.*, counted.total
       FROM (SELECT count(*) AS total FROM waybill.parked p WHERE ${sql}) counted
       LEFT JOIN (${FROM_ENTRY} WHERE ${sql} AND p.id > $${params.length + 1} ORDER BY p.id LIMIT $${params.length + 2}) page ON true
      ORDER BY page.id`,
    [...params, page.after ?? '0', page.limit],
  );
  return {
    entries: rows.filter((row) => row['id'] !== null).map(parkedRow),
    total: Number(rows[0]?.['total'] ?? 0),
  };
}

/** What is kept of one entry beside what a list shows. */
export interface ParkedDetails extends ParkedRow {
  readonly topic: string;
  readonly partition: number | undefined;
  readonly offset: string | undefined;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly waitsFor: string | undefined;
  readonly call: 'none' | 'calling' | 'interrupted';
  readonly applied: number;
  readonly attemptsMade: readonly AttemptRow[];
  readonly edits: readonly EditRow[];
  readonly queue: readonly ParkedRow[];
}

export interface AttemptRow {
  readonly attempt: number;
  readonly at: Date;
  readonly errorType: string;
  readonly errorCode: string;
  readonly message: string;
}

const ATTEMPTS_SHOWN = 100;
const QUEUE_SHOWN = 50;

/** One entry with everything that is known of it; undefined when it is not parked any more. */
export async function parkedDetails(db: Queryable, id: string): Promise<ParkedDetails | undefined> {
  const { rows } = await db.query(`${FROM_ENTRY} WHERE p.id = $1`, [id]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const entry = parkedRow(row);
  const event = [entry.consumer, entry.eventId, entry.version];
  const entity = [entry.consumer, entry.tenant, entry.aggregateType, entry.aggregateId];
  const attempts = await db.query(
    `SELECT * FROM waybill.parked_attempt WHERE consumer = $1 AND event_id = $2 AND version = $3
      ORDER BY failed_at DESC LIMIT ${ATTEMPTS_SHOWN}`,
    event,
  );
  const edits = await editsOf(db, entry);
  const applied = await db.query(
    `SELECT applied FROM waybill.entity WHERE consumer = $1 AND tenant = $2 AND aggregate_type = $3 AND aggregate_id = $4`,
    entity,
  );
  const queue = await db.query(
    `${FROM_ENTRY} WHERE p.consumer = $1 AND p.tenant = $2 AND p.aggregate_type = $3 AND p.aggregate_id = $4
        AND p.holds_entity AND $5 ORDER BY p.version LIMIT ${QUEUE_SHOWN}`,
    [...entity, entry.holdsEntity],
  );
  return {
    ...entry,
    topic: String(row['topic']),
    partition: row['partition'] === null ? undefined : Number(row['partition']),
    offset: text(row['log_offset']),
    key: row['key'] as string | null,
    value: row['value'] as Uint8Array | null,
    headers: row['headers'] as Record<string, string>,
    waitsFor: text(row['waits_for']),
    call: row['call'] as ParkedDetails['call'],
    applied: Number(applied.rows[0]?.['applied'] ?? 0),
    attemptsMade: attempts.rows.map((one) => ({
      attempt: Number(one['attempt']),
      at: one['failed_at'] as Date,
      errorType: String(one['error_type']),
      errorCode: String(one['error_code']),
      message: String(one['error_message']),
    })),
    edits,
    queue: queue.rows.map(parkedRow),
  };
}

function parkedRow(row: Record<string, unknown>): ParkedRow {
  return {
    id: String(row['id']),
    consumer: String(row['consumer']),
    reason: row['reason'] as ParkedReason,
    tenant: String(row['tenant']),
    aggregateType: String(row['aggregate_type']),
    aggregateId: String(row['aggregate_id']),
    version: Number(row['version']),
    type: text(row['type']) ?? '',
    eventId: String(row['event_id']),
    correlationId: text(row['correlation_id']),
    fingerprint: text(row['fingerprint']),
    errorCode: text(row['error_code']),
    errorType: text(row['error_type']),
    message: text(row['error_message']),
    stack: text(row['error_stack']),
    attempts: Number(row['attempts']),
    redriven: Number(row['redriven']),
    assignee: text(row['assignee']),
    holdsEntity: row['holds_entity'] === true,
    behind: Number(row['behind']),
    parkedAt: row['parked_at'] as Date,
    failedAt: (row['failed_at'] ?? undefined) as Date | undefined,
    dueAt: (row['due_at'] ?? undefined) as Date | undefined,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
