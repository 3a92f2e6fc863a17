import type { Queryable } from '@waybill/messaging';

export type PauseScope = 'consumer' | 'dependency' | 'relay';
/** `drain`: nothing new is taken, and what is parked is worked off. */
export type PauseMode = 'stop' | 'drain';

/** Something that stands still because a person said so. */
export interface PauseRow {
  readonly id: string;
  readonly scope: PauseScope;
  readonly name: string;
  readonly mode: PauseMode;
  readonly reason: string;
  readonly actor: string;
  readonly pausedAt: Date;
  readonly until: Date;
}

/** Those in force: neither ended by a person nor past their time. */
export async function activePauses(db: Queryable): Promise<readonly PauseRow[]> {
  const { rows } = await db.query(
    `SELECT * FROM waybill.pause WHERE resumed_at IS NULL AND until > now() ORDER BY paused_at`,
  );
  return rows.map((row) => ({
    id: String(row['id']),
    scope: row['scope'] as PauseScope,
    name: String(row['name']),
    mode: row['mode'] === 'drain' ? 'drain' : 'stop',
    reason: String(row['reason']),
    actor: String(row['actor']),
    pausedAt: row['paused_at'] as Date,
    until: row['until'] as Date,
  }));
}

/** Begins a pause, or gives the one that is there another way, reason and time. Answers its id. */
export async function beginPause(
  tx: Queryable,
  pause: {
    readonly id: string;
    readonly scope: PauseScope;
    readonly name: string;
    readonly mode: PauseMode;
    readonly reason: string;
    readonly actor: string;
    readonly minutes: number;
  },
): Promise<string> {
  const { rows } = await tx.query(
    `INSERT INTO waybill.pause (id, scope, name, reason, actor, until, mode)
     VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 minute', $7)
     ON CONFLICT (scope, name) WHERE resumed_at IS NULL
     DO UPDATE SET reason = excluded.reason, actor = excluded.actor, until = excluded.until, mode = excluded.mode
     RETURNING id`,
    [pause.id, pause.scope, pause.name, pause.reason, pause.actor, pause.minutes, pause.mode],
  );
  return String(rows[0]?.['id']);
}

/** Has relays look at once at what was paused, or resumed, when the transaction commits. */
export async function wakeRelays(tx: Queryable): Promise<void> {
  await tx.query(`SELECT pg_notify('waybill_outbox', 'release')`);
}

/**
 * How many entries each draining consumer can still work off by itself: what is dead waits for a person, and so does what
 * is behind it in its entity's queue.
 */
export async function leftToDrain(db: Queryable, consumers: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (consumers.length === 0) return new Map();
  const { rows } = await db.query(
    `SELECT consumer, count(*) AS left FROM waybill.parked p
      WHERE consumer = ANY ($1::text[]) AND reason <> 'dead' AND NOT (holds_entity AND EXISTS (
            SELECT FROM waybill.parked d WHERE d.holds_entity AND d.reason = 'dead' AND d.version < p.version
               AND (d.consumer, d.tenant, d.aggregate_type, d.aggregate_id)
                 = (p.consumer, p.tenant, p.aggregate_type, p.aggregate_id)))
      GROUP BY consumer`,
    [consumers],
  );
  const left = new Map(rows.map((row) => [String(row['consumer']), Number(row['left'])]));
  return new Map(consumers.map((consumer) => [consumer, left.get(consumer) ?? 0]));
}

/** Ends a pause. Undefined when there is none of that id in force. */
export async function endPause(
  tx: Queryable,
  id: string,
  actor: string,
): Promise<{ readonly scope: PauseScope; readonly name: string } | undefined> {
  const { rows } = await tx.query(
    `UPDATE waybill.pause SET resumed_at = clock_timestamp(), resumed_by = $2
      WHERE id = $1 AND resumed_at IS NULL RETURNING scope, name`,
    [id, actor],
  );
  return rows[0] === undefined ? undefined : { scope: rows[0]['scope'] as PauseScope, name: String(rows[0]['name']) };
}

/**
 * Sets where a consumer reads partitions from again, and takes them from whoever holds them. Answers the partitions that
 * were there; only to be done while the consumer is paused.
 */
export async function resetPositions(
  tx: Queryable,
  consumer: string,
  topic: string,
  positions: readonly { readonly partition: number; readonly offset: string }[],
): Promise<readonly { readonly partition: number; readonly before: string | undefined }[]> {
  const changed = [];
  for (const { partition, offset } of positions) {
    const { rows } = await tx.query(
      `WITH old AS (
         SELECT next_offset FROM waybill.consumer_position WHERE consumer = $1 AND topic = $2 AND partition = $3 FOR UPDATE)
       UPDATE waybill.consumer_position p SET next_offset = $4, epoch = epoch + 1, updated_at = now() FROM old
        WHERE p.consumer = $1 AND p.topic = $2 AND p.partition = $3 RETURNING old.next_offset AS before`,
      [consumer, topic, partition, offset],
    );
    if (rows[0] !== undefined) {
      const before = rows[0]['before'];
      changed.push({ partition, before: typeof before === 'string' ? before : undefined });
    }
  }
  return changed;
}
