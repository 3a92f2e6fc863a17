import type { LagTime, Queryable, VisibilityBuckets } from '@waybill/messaging';
import type { FlowWindow } from './flow-windows.ts';

/** How the log of a consumer's topics stands to what it has read; what is undefined is not known. */
export interface FlowLag {
  /** Records that came to its topics in the window. */
  readonly came: bigint | undefined;
  readonly lagEvents: bigint | undefined;
  readonly lagTime: LagTime | undefined;
}

export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** Undefined while nobody has begun to read it. */
  readonly nextOffset: bigint | undefined;
  readonly high: bigint;
  readonly lagTime: LagTime | undefined;
}

export interface FlowSample extends FlowWindow, FlowLag {
  /** The end of its window, and how long that was. */
  readonly at: Date;
  readonly windowMs: number;
}

export async function saveSamples(tx: Queryable, samples: readonly FlowSample[]): Promise<void> {
  for (const sample of samples) {
    await tx.query(
      `INSERT INTO waybill.flow_sample (consumer, at, window_ms, handled, failed, died, judged, beyond, buckets, max_ms,
                                        came, lag_events, lag_ms, lag_known, work_ms, wasted_ms)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING`,
      [
        ...[sample.consumer, sample.at, Math.round(sample.windowMs), sample.handled, sample.failed, sample.died],
        ...[sample.judged, sample.beyond, JSON.stringify(Object.fromEntries(sample.buckets)), sample.maxMs ?? null],
        ...[sample.came ?? null, sample.lagEvents ?? null, sample.lagTime?.ms ?? null, sample.lagTime?.known ?? null],
        ...[sample.workMs, sample.wastedMs],
      ],
    );
  }
}

/** Keeps how the partitions of a consumer stand, in place of how they stood. */
export async function savePartitions(
  tx: Queryable,
  consumer: string,
  partitions: readonly PartitionLag[],
  at: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO waybill.flow_partition (consumer, topic, partition, next_offset, high, lag_ms, lag_known, at)
     SELECT $1, p.*, $2 FROM unnest($3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::real[], $8::text[]) p
         ON CONFLICT (consumer, topic, partition) DO UPDATE
        SET next_offset = excluded.next_offset, high = excluded.high, lag_ms = excluded.lag_ms,
            lag_known = excluded.lag_known, at = excluded.at`,
    [
      ...[consumer, at],
      partitions.map(({ topic }) => topic),
      partitions.map(({ partition }) => partition),
      partitions.map(({ nextOffset }) => nextOffset ?? null),
      partitions.map(({ high }) => high),
      partitions.map(({ lagTime }) => lagTime?.ms ?? null),
      partitions.map(({ lagTime }) => lagTime?.known ?? null),
    ],
  );
  await tx.query('DELETE FROM waybill.flow_partition WHERE consumer = $1 AND at < $2', [consumer, at]);
}

export async function partitionLags(
  db: Queryable,
  consumer: string,
): Promise<readonly (PartitionLag & { readonly at: Date })[]> {
  const { rows } = await db.query(
    'SELECT * FROM waybill.flow_partition WHERE consumer = $1 ORDER BY topic, partition',
    [consumer],
  );
  return rows.map((row) => ({
    topic: String(row['topic']),
    partition: Number(row['partition']),
    nextOffset: bigintOf(row['next_offset']),
    high: BigInt(String(row['high'])),
    lagTime: lagTimeOf(row),
    at: row['at'] as Date,
  }));
}

/** Where consumers read their partitions from next, as it is stored. */
export async function readPositions(
  db: Queryable,
  consumers: readonly string[],
): Promise<
  readonly {
    readonly consumer: string;
    readonly topic: string;
    readonly partition: number;
    readonly position: bigint;
  }[]
> {
  const { rows } = await db.query(
    `SELECT consumer, topic, partition, next_offset FROM waybill.consumer_position
      WHERE consumer = ANY ($1::text[]) AND next_offset IS NOT NULL`,
    [consumers],
  );
  return rows.map((row) => ({
    consumer: String(row['consumer']),
    topic: String(row['topic']),
    partition: Number(row['partition']),
    position: BigInt(String(row['next_offset'])),
  }));
}

/** The samples of consumers after a time, oldest first. */
export async function samplesSince(
  db: Queryable,
  consumers: readonly string[],
  after: Date,
): Promise<readonly FlowSample[]> {
  const { rows } = await db.query(
    'SELECT * FROM waybill.flow_sample WHERE consumer = ANY ($1::text[]) AND at > $2 ORDER BY at',
    [consumers, after],
  );
  return rows.map(sampleOf);
}

/** What consumers handled since a time, and how much of that came too late. */
export async function judgedSince(
  db: Queryable,
  consumers: readonly string[],
  after: Date,
): Promise<ReadonlyMap<string, { readonly judged: number; readonly beyond: number; readonly from: Date }>> {
  const { rows } = await db.query(
    `SELECT consumer, sum(judged) AS judged, sum(beyond) AS beyond, min(at) AS from FROM waybill.flow_sample
      WHERE consumer = ANY ($1::text[]) AND at > $2 GROUP BY consumer`,
    [consumers, after],
  );
  return new Map(
    rows.map((row) => [
      String(row['consumer']),
      { judged: Number(row['judged']), beyond: Number(row['beyond']), from: row['from'] as Date },
    ]),
  );
}

/** Deletes what is older than a time, but for the ends of logs that still say how old something is. */
export async function pruneSamples(db: Queryable, before: Date): Promise<void> {
  await db.query('DELETE FROM waybill.flow_sample WHERE at < $1', [before]);
  await db.query('DELETE FROM waybill.log_end WHERE last_at < $1', [before]);
}

function sampleOf(row: Record<string, unknown>): FlowSample {
  const count = (name: string) => Number(row[name]);
  const maxMs = row['max_ms'];
  return {
    consumer: String(row['consumer']),
    at: row['at'] as Date,
    ...{ windowMs: count('window_ms'), handled: count('handled'), failed: count('failed'), died: count('died') },
    ...{ workMs: count('work_ms'), wastedMs: count('wasted_ms') },
    ...{ judged: count('judged'), beyond: count('beyond') },
    buckets: bucketsOf(row['buckets']),
    maxMs: typeof maxMs === 'number' ? maxMs : undefined,
    came: bigintOf(row['came']),
    lagEvents: bigintOf(row['lag_events']),
    lagTime: lagTimeOf(row),
  };
}

function bucketsOf(value: unknown): VisibilityBuckets {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).map(([bucket, count]) => [Number(bucket), Number(count)]));
}

function lagTimeOf(row: Record<string, unknown>): LagTime | undefined {
  const [ms, known] = [row['lag_ms'], row['lag_known']];
  if (typeof ms !== 'number') return undefined;
  return { ms, known: known === 'at-least' ? 'at-least' : 'measured' };
}

function bigintOf(value: unknown): bigint | undefined {
  return typeof value === 'string' || typeof value === 'number' ? BigInt(value) : undefined;
}
