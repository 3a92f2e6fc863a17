import type { LogEnd, Queryable } from '@waybill/messaging';

/** A partition of a topic, and the offset that its next record will get. */
export interface SeenEnd {
  readonly topic: string;
  readonly partition: number;
  readonly high: bigint;
}

/** Where somebody reads a partition from next. */
export interface ReadPosition {
  readonly topic: string;
  readonly partition: number;
  readonly position: bigint;
}

/**
 * Writes down where logs end now, and answers by how much each has grown since it was last looked at; a partition that was
 * not looked at before is left out. One whose end fell is another log under the same name, and begins anew.
 */
export async function noteLogEnds(
  tx: Queryable,
  ends: readonly SeenEnd[],
  at: Date,
): Promise<readonly (SeenEnd & { readonly grown: bigint })[]> {
  const columns = [ends.map(({ topic }) => topic), ends.map((one) => one.partition), ends.map(({ high }) => high)];
  await tx.query(
    `DELETE FROM waybill.log_end e USING unnest($1::text[], $2::int[], $3::bigint[]) AS n(topic, partition, high)
      WHERE e.topic = n.topic AND e.partition = n.partition AND EXISTS (
            SELECT FROM waybill.log_end x WHERE x.topic = n.topic AND x.partition = n.partition AND x.high > n.high)`,
    columns,
  );
  const { rows } = await tx.query(
    `WITH n AS (SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) AS n(topic, partition, high)),
     known AS (SELECT n.*, (SELECT e.high FROM waybill.log_end e WHERE e.topic = n.topic AND e.partition = n.partition
                             ORDER BY e.high DESC LIMIT 1) AS before FROM n),
     noted AS (INSERT INTO waybill.log_end (topic, partition, high, first_at, last_at)
               SELECT topic, partition, high, $4, $4 FROM n
                   ON CONFLICT (topic, partition, high) DO UPDATE SET last_at = excluded.last_at)
     SELECT topic, partition, high, high - before AS grown FROM known WHERE before IS NOT NULL`,
    [...columns, at],
  );
  return rows.map((row) => ({
    topic: String(row['topic']),
    partition: Number(row['partition']),
    high: BigInt(String(row['high'])),
    grown: BigInt(String(row['grown'])),
  }));
}

/** What was seen of the logs around positions: the last end at or before each, and the first one behind it. */
export async function endsAround(
  db: Queryable,
  positions: readonly ReadPosition[],
): Promise<readonly (ReadPosition & { readonly before: LogEnd | undefined; readonly after: LogEnd | undefined })[]> {
  const { rows } = await db.query(
    `SELECT p.topic, p.partition, p.position, b.high AS before_high, b.first_at AS before_first, b.last_at AS before_last,
            a.high AS after_high, a.first_at AS after_first, a.last_at AS after_last
       FROM unnest($1::text[], $2::int[], $3::bigint[]) AS p(topic, partition, position)
       LEFT JOIN LATERAL (SELECT * FROM waybill.log_end e WHERE e.topic = p.topic AND e.partition = p.partition
                             AND e.high <= p.position ORDER BY e.high DESC LIMIT 1) b ON true
       LEFT JOIN LATERAL (SELECT * FROM waybill.log_end e WHERE e.topic = p.topic AND e.partition = p.partition
                             AND e.high > p.position ORDER BY e.high LIMIT 1) a ON true`,
    [
      positions.map(({ topic }) => topic),
      positions.map(({ partition }) => partition),
      positions.map(({ position }) => position),
    ],
  );
  return rows.map((row) => ({
    topic: String(row['topic']),
    partition: Number(row['partition']),
    position: BigInt(String(row['position'])),
    before: endOf(row, 'before'),
    after: endOf(row, 'after'),
  }));
}

function endOf(row: Record<string, unknown>, which: 'before' | 'after'): LogEnd | undefined {
  const [high, firstAt, lastAt] = [row[`${which}_high`], row[`${which}_first`], row[`${which}_last`]];
  if (!(firstAt instanceof Date && lastAt instanceof Date)) return undefined;
  return { high: BigInt(String(high)), firstAt: firstAt.getTime(), lastAt: lastAt.getTime() };
}
