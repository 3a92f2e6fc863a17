import type { AuditHead, ConsumedEvent, Queryable } from '@waybill/messaging';

/**
 * Notes on parked events that it was told that they failed, in the transaction that tells it. Answers the ids of those of
 * which it was not told before.
 */
export async function markFailuresTold(tx: Queryable, events: readonly ConsumedEvent[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query(
    `UPDATE waybill.parked p SET failure_told = true
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS e (consumer, event_id, version, type)
      WHERE (p.consumer, p.event_id, p.version, p.type) = (e.consumer, e.event_id, e.version, e.type)
        AND NOT p.failure_told
      RETURNING p.event_id`,
    [
      events.map(({ consumer }) => consumer),
      events.map(({ eventId }) => eventId),
      events.map(({ version }) => version ?? 0),
      events.map(({ type }) => type ?? ''),
    ],
  );
  return new Set(rows.map((row) => String(row['event_id'])));
}

/**
 * Takes the end of the audit trail to publish it, in the transaction that does; undefined when it was published already.
 * Writers of the trail wait until that transaction ends.
 */
export async function takeAuditHead(tx: Queryable): Promise<AuditHead | undefined> {
  const { rows } = await tx.query(
    `UPDATE waybill.audit_head SET published = seq WHERE seq > published RETURNING seq, encode(hash, 'hex') AS hash`,
  );
  return rows[0] === undefined ? undefined : { seq: Number(rows[0]['seq']), hash: String(rows[0]['hash']) };
}
