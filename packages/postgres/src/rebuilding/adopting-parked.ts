import type { EventId } from '@waybill/contracts';
import type { FailureRecord, ParkedEvent, Queryable } from '@waybill/messaging';
import type { GenerationRow } from './generations.ts';

type Told = Pick<ParkedEvent, 'eventId' | 'record' | 'attempts' | 'holdsEntity'>;

/** What became of parked events in a swap, as far as it is told. */
export interface ReconciledParked {
  /** The generation covers them, so they are gone. Only those of which it was told that they failed. */
  readonly superseded: readonly Told[];
  /** They failed in the generation, and are the consumer's from now on. */
  readonly failed: readonly (Told & { readonly failure: FailureRecord; readonly state: 'retrying' | 'dead' })[];
}

const SAME = `l.consumer = $1 AND g.consumer = $2 AND l.event_id = g.event_id AND l.version = g.version
  AND l.type IS NOT DISTINCT FROM g.type`;

/**
 * Makes the generation's parked events the living consumer's. One that both have stays with its notes and its edited value, as
 * far as the generation has got with it; one that the generation's versions cover goes.
 */
export async function adoptParked(
  tx: Queryable,
  { consumer, name }: Pick<GenerationRow, 'consumer' | 'name'>,
): Promise<ReconciledParked> {
  const sides = [consumer, name];
  await tx.query(
    `WITH both_have AS (
       UPDATE waybill.parked l SET reason = g.reason, holds_entity = g.holds_entity, due_at = g.due_at, attempts = g.attempts,
              waits_for = g.waits_for, claimed_by = NULL, claimed_until = NULL, error_type = g.error_type,
              error_code = g.error_code, error_message = g.error_message, error_stack = g.error_stack,
              fingerprint = g.fingerprint, failed_at = g.failed_at
         FROM waybill.parked g WHERE ${SAME} RETURNING g.id)
     DELETE FROM waybill.parked WHERE id IN (SELECT id FROM both_have)`,
    sides,
  );
  const covered = await tx.query(
    `DELETE FROM waybill.parked p USING waybill.entity e
      WHERE p.consumer = $1 AND e.consumer = $1 AND e.tenant = p.tenant AND e.aggregate_type = p.aggregate_type
        AND e.aggregate_id = p.aggregate_id AND p.aggregate_id <> '' AND p.version <= e.applied
        AND NOT EXISTS (SELECT FROM waybill.parked g WHERE g.consumer = $2 AND g.event_id = p.event_id)
      RETURNING p.event_id, p.topic, p.key, p.headers, p.attempts, p.holds_entity, p.failure_told`,
    sides,
  );
  const adopted = await tx.query(
    `UPDATE waybill.parked SET consumer = $1, claimed_by = NULL, claimed_until = NULL, failure_told = false
      WHERE consumer = $2
      RETURNING event_id, topic, key, headers, attempts, holds_entity, reason, error_type, error_code, error_message, error_stack`,
    sides,
  );
  await tx.query(`UPDATE waybill.parked_attempt SET consumer = $1 WHERE consumer = $2`, sides);
  await tx.query(
    `UPDATE waybill.parked p SET due_at = now()
      WHERE p.consumer = $1 AND p.holds_entity AND p.due_at IS NULL AND p.reason <> 'dead' AND NOT EXISTS (
        SELECT FROM waybill.parked b WHERE b.consumer = $1 AND b.tenant = p.tenant AND b.aggregate_type = p.aggregate_type
           AND b.aggregate_id = p.aggregate_id AND b.holds_entity AND b.version < p.version)`,
    [consumer],
  );
  return {
    superseded: covered.rows.filter((row) => row['failure_told'] === true).map(told),
    failed: adopted.rows
      .filter((row) => row['error_code'] !== null && (row['reason'] === 'dead' || row['reason'] === 'retry'))
      .map((row) => ({
        ...told(row),
        state: row['reason'] === 'dead' ? 'dead' : 'retrying',
        failure: {
          ...{
            type: String(row['error_type']),
            code: String(row['error_code']),
            message: String(row['error_message']),
          },
          ...(typeof row['error_stack'] === 'string' ? { stack: row['error_stack'] } : {}),
        },
      })),
  };
}

function told(row: Record<string, unknown>): Told {
  return {
    eventId: row['event_id'] as EventId,
    attempts: Number(row['attempts']),
    holdsEntity: row['holds_entity'] === true,
    record: {
      ...{ topic: String(row['topic']), key: row['key'] as string | null, value: null },
      headers: row['headers'] as Record<string, string>,
    },
  };
}
