import type { AuditHead, ConsumedEvent, Queryable } from '@waybill/messaging';

/** Where a parked event that is told of lies, and whether it was told of before. */
export interface ToldFailure {
  readonly isNew: boolean;
  readonly parkedId: string;
  readonly topic: string;
  /** Undefined for what its producer gave when asked. */
  readonly partition: number | undefined;
  readonly offset: string | undefined;
}

/**
 * Notes on parked events that it was told that they failed, in the transaction that tells it. Answers where each of them
 * lies, by its event's id.
 */
export async function markFailuresTold(
  tx: Queryable,
  events: readonly ConsumedEvent[],
): Promise<ReadonlyMap<string, ToldFailure>> {
  const { rows } = await tx.query(
    `WITH found AS (
       SELECT p.id, p.event_id, p.failure_told, p.topic, p.partition, p.log_offset
         FROM waybill.parked p
         JOIN unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS e (consumer, event_id, version, type)
           ON (p.consumer, p.event_id, p.version, p.type) = (e.consumer, e.event_id, e.version, e.type)
     ), noted AS (
       UPDATE waybill.parked p SET failure_told = true FROM found f WHERE p.id = f.id AND NOT f.failure_told
     )
     SELECT * FROM found`,
    [
      events.map(({ consumer }) => consumer),
      events.map(({ eventId }) => eventId),
      events.map(({ version }) => version ?? 0),
      events.map(({ type }) => type ?? ''),
    ],
  );
  return new Map(
    rows.map((row) => [
      String(row['event_id']),
      {
        isNew: row['failure_told'] === false,
        parkedId: String(row['id']),
        topic: String(row['topic']),
        partition: row['partition'] === null ? undefined : Number(row['partition']),
        offset: typeof row['log_offset'] === 'string' ? row['log_offset'] : undefined,
      },
    ]),
  );
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
