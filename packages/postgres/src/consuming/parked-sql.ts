import type { EventId } from '@waybill/contracts';
import type {
  CallState,
  EntityKey,
  EventToPark,
  FailureRecord,
  ParkedChange,
  ParkedCounts,
  ParkedEvent,
  ParkedReason,
  QueuePage,
  Queryable,
  RecordOrigin,
} from '@waybill/messaging';
import { fingerprintOf } from '@waybill/messaging';
import { keyOf, waitName } from './entity-sql.ts';

const COLUMNS = `id, tenant, aggregate_type, aggregate_id, version, event_id, reason, holds_entity, attempts, call, outcome,
  topic, partition, log_offset, key, value, headers, parked_at, coalesce(due_at <= now(), false) AS due,
  failure_told`;

/**
 * Parks events; one that is parked already (delivered again) is left as it is, but that what was dead because it could
 * not be read is tried with the bytes that its producer has.
 */
export async function park(tx: Queryable, consumer: string, events: readonly EventToPark[]): Promise<number> {
  // Sent together, and run one after another.
  const added = await Promise.all(events.map(async (event) => parkOne(tx, consumer, event)));
  return added.reduce((sum, each) => sum + each, 0);
}

async function parkOne(tx: Queryable, consumer: string, event: EventToPark): Promise<number> {
  const { envelope, record, origin, failure } = event;
  const { rows } = await tx.query(
    `INSERT INTO waybill.parked (consumer, tenant, aggregate_type, aggregate_id, version, event_id, type, correlation_id,
       reason, holds_entity, due_at, attempts, waits_for, error_type, error_code, error_message,
       topic, partition, log_offset, key, value, headers, error_stack, fingerprint, failed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + $11 * interval '1 millisecond', $12, $13, $14, $15, $16,
       $17, $18, $19, $20, $21, $22, $23, $24, CASE WHEN $13::text IS NOT NULL THEN clock_timestamp() END)
     ON CONFLICT (consumer, event_id, version, type) DO UPDATE
       SET reason = excluded.reason, holds_entity = excluded.holds_entity, value = excluded.value, headers = excluded.headers
       WHERE parked.reason = 'dead' AND NOT parked.holds_entity AND excluded.partition IS NULL
     RETURNING id`,
    [
      consumer,
      envelope?.tenant ?? '',
      envelope?.aggregateType ?? '',
      envelope?.aggregateId ?? '',
      envelope?.aggregateVersion ?? 0,
      // What has no envelope has no id either; its place in the log tells it from others.
      envelope?.id ?? `${record.topic}/${origin?.partition ?? ''}/${origin?.offset ?? ''}`,
      envelope?.type ?? '',
      envelope?.correlationId ?? null,
      event.reason,
      event.holdsEntity,
      event.dueInMs ?? null,
      event.attempts,
      event.waitsFor === undefined ? null : waitName(event.waitsFor.projection, event.waitsFor.key),
      failure?.type ?? null,
      failure?.code ?? null,
      failure === undefined ? null : storable(failure.message),
      record.topic,
      origin?.partition ?? null,
      origin?.offset ?? null,
      record.key === null ? null : storable(record.key),
      record.value === null ? null : Buffer.from(record.value),
      JSON.stringify(record.headers),
      failure?.stack === undefined ? null : storable(failure.stack),
      failure === undefined ? null : fingerprintOf(failure),
    ],
  );
  if (failure !== undefined && rows[0] !== undefined) await noteAttempt(tx, rows[0]['id'], event.attempts, failure);
  return rows.length;
}

/** Keeps a failed attempt beside its event, for whoever looks into it, also after it was handled. */
async function noteAttempt(tx: Queryable, id: unknown, attempt: number, failure: FailureRecord): Promise<void> {
  await tx.query(
    `INSERT INTO waybill.parked_attempt (consumer, event_id, version, attempt, error_type, error_code, error_message, fingerprint,
                                          work_ms)
     SELECT consumer, event_id, version, $2, $3, $4, $5, $6, $7 FROM waybill.parked WHERE id = $1`,
    [
      id,
      attempt,
      failure.type,
      failure.code,
      storable(failure.message),
      fingerprintOf(failure),
      failure.workMs ?? null,
    ],
  );
}

export async function queueOf(
  tx: Queryable,
  consumer: string,
  key: EntityKey,
  { from, limit }: QueuePage,
): Promise<readonly ParkedEvent[]> {
  const { rows } = await tx.query(
    `SELECT ${COLUMNS} FROM waybill.parked
      WHERE consumer = $1 AND tenant = $2 AND aggregate_type = $3 AND aggregate_id = $4 AND version >= $5 AND holds_entity
      ORDER BY version LIMIT $6`,
    [consumer, key.tenant, key.aggregateType, key.aggregateId, from, limit],
  );
  return rows.map(parkedEvent);
}

export async function parkedById(tx: Queryable, id: bigint): Promise<ParkedEvent | undefined> {
  const { rows } = await tx.query(`SELECT ${COLUMNS} FROM waybill.parked WHERE id = $1`, [id]);
  return rows[0] === undefined ? undefined : parkedEvent(rows[0]);
}

/** Claims what is due. A call whose claim ran out was interrupted: nobody knows whether it happened. */
export async function claimDue(
  db: Queryable,
  consumer: string,
  claimant: string,
  options: { readonly limit: number; readonly claimMs: number },
): Promise<readonly ParkedEvent[]> {
  const { rows } = await db.query(
    `UPDATE waybill.parked SET claimed_by = $2, claimed_until = now() + $4 * interval '1 millisecond',
            call = CASE call WHEN 'calling' THEN 'interrupted' ELSE call END
      WHERE id IN (
        SELECT id FROM waybill.parked
         WHERE consumer = $1 AND due_at <= now() AND reason <> 'dead' AND (claimed_until IS NULL OR claimed_until < now())
         ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
      RETURNING ${COLUMNS}`,
    [consumer, claimant, options.limit, options.claimMs],
  );
  return rows.map(parkedEvent);
}

export async function nextDueInMs(db: Queryable, consumer: string): Promise<number | undefined> {
  const { rows } = await db.query(
    `SELECT extract(epoch FROM min(greatest(due_at, coalesce(claimed_until, due_at))) - now()) * 1000 AS ms
       FROM waybill.parked WHERE consumer = $1 AND due_at IS NOT NULL AND reason <> 'dead'`,
    [consumer],
  );
  const ms = rows[0]?.['ms'];
  return ms === null || ms === undefined ? undefined : Number(ms);
}

export async function updateParked(
  tx: Queryable,
  claimant: string,
  id: bigint,
  change: ParkedChange,
): Promise<boolean> {
  const { failure } = change;
  const { rows } = await tx.query(
    `UPDATE waybill.parked SET
       reason = coalesce($3, reason),
       due_at = CASE WHEN $4 THEN now() + $5 * interval '1 millisecond' ELSE due_at END,
       attempts = coalesce($6, attempts),
       call = coalesce($7, call),
       outcome = coalesce($8::jsonb, outcome),
       waits_for = CASE WHEN $3 IS NULL THEN waits_for ELSE $9 END,
       holds_entity = coalesce($10, holds_entity),
       error_type = coalesce($11, error_type), error_code = coalesce($12, error_code), error_message = coalesce($13, error_message),
       error_stack = CASE WHEN $12 IS NULL THEN error_stack ELSE $15 END, fingerprint = coalesce($16, fingerprint),
       failed_at = CASE WHEN $12 IS NULL THEN failed_at ELSE clock_timestamp() END, value = coalesce($17, value),
       claimed_by = CASE WHEN $14::bigint IS NULL THEN claimed_by WHEN $14 = 0 THEN NULL ELSE $2 END,
       claimed_until = CASE WHEN $14 IS NULL THEN claimed_until WHEN $14 = 0 THEN NULL
                            ELSE now() + $14 * interval '1 millisecond' END
     WHERE id = $1 AND (claimed_by IS NULL OR claimed_by = $2 OR claimed_until < now()) RETURNING id, attempts`,
    [
      id,
      claimant,
      change.reason ?? null,
      change.dueInMs !== undefined,
      change.dueInMs ?? null,
      change.attempts ?? null,
      change.call ?? null,
      change.outcome === undefined ? null : JSON.stringify(change.outcome),
      change.waitsFor === undefined ? null : waitName(change.waitsFor.projection, change.waitsFor.key),
      change.holdsEntity ?? null,
      failure?.type ?? null,
      failure?.code ?? null,
      failure === undefined ? null : storable(failure.message),
      change.claimMs ?? null,
      failure?.stack === undefined ? null : storable(failure.stack),
      failure === undefined ? null : fingerprintOf(failure),
      change.value === undefined ? null : Buffer.from(change.value),
    ],
  );
  if (failure !== undefined && rows[0] !== undefined) await noteAttempt(tx, id, Number(rows[0]['attempts']), failure);
  return rows.length > 0;
}

/** Makes the heads of these entities' queues due, unless they wait for their own retry. */
export async function hasten(tx: Queryable, consumer: string, keys: readonly EntityKey[]): Promise<void> {
  for (const key of keys) {
    await tx.query(
      `UPDATE waybill.parked SET due_at = now() WHERE reason IN ('gap', 'behind') AND id = (
         SELECT id FROM waybill.parked
          WHERE consumer = $1 AND tenant = $2 AND aggregate_type = $3 AND aggregate_id = $4 AND holds_entity
          ORDER BY version LIMIT 1)`,
      [consumer, key.tenant, key.aggregateType, key.aggregateId],
    );
  }
}

/** Makes the head of an entity's queue due now where it has no time of its own and is not dead. */
export async function keepHeadDue(tx: Queryable, consumer: string, key: EntityKey): Promise<void> {
  await tx.query(
    `UPDATE waybill.parked SET due_at = now() WHERE due_at IS NULL AND reason <> 'dead' AND id = (
       SELECT id FROM waybill.parked
        WHERE consumer = $1 AND tenant = $2 AND aggregate_type = $3 AND aggregate_id = $4 AND holds_entity
        ORDER BY version LIMIT 1)`,
    [consumer, key.tenant, key.aggregateType, key.aggregateId],
  );
}

export async function parkedCounts(db: Queryable, consumer: string): Promise<ParkedCounts> {
  const { rows } = await db.query(
    `SELECT count(*) FILTER (WHERE reason = 'dead') AS dead, count(*) FILTER (WHERE reason = 'retry') AS retrying,
            count(*) FILTER (WHERE reason NOT IN ('dead', 'retry')) AS waiting,
            extract(epoch FROM clock_timestamp() - min(parked_at)) AS oldest
       FROM waybill.parked WHERE consumer = $1`,
    [consumer],
  );
  const row = rows[0] ?? {};
  return {
    dead: Number(row['dead'] ?? 0),
    retrying: Number(row['retrying'] ?? 0),
    waiting: Number(row['waiting'] ?? 0),
    oldestSeconds: typeof row['oldest'] === 'string' ? Number(row['oldest']) : undefined,
  };
}

function parkedEvent(row: Record<string, unknown>): ParkedEvent {
  return {
    id: BigInt(String(row['id'])),
    key: keyOf(row),
    version: Number(row['version']),
    eventId: row['event_id'] as EventId,
    record: {
      topic: String(row['topic']),
      key: row['key'] as string | null,
      value: row['value'] as Uint8Array | null,
      headers: row['headers'] as Record<string, string>,
    },
    origin: originOf(row),
    reason: row['reason'] as ParkedReason,
    attempts: Number(row['attempts']),
    parkedAt: row['parked_at'] as Date,
    call: row['call'] as CallState,
    outcome: (row['outcome'] ?? undefined) as { value: unknown } | undefined,
    holdsEntity: row['holds_entity'] === true,
    due: row['due'] === true,
    ...(row['failure_told'] === true ? { failureTold: true } : {}),
  };
}

/** PostgreSQL's text holds no NUL, and a stranger's record may. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

function originOf(row: Record<string, unknown>): RecordOrigin | undefined {
  const { partition, log_offset: offset } = row;
  if (partition === null || typeof offset !== 'string') return undefined;
  return { topic: String(row['topic']), partition: Number(partition), offset: BigInt(offset) };
}
