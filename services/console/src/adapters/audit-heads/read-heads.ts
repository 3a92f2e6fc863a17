import type { Logger, Queryable, SchemaRegistry } from '@waybill/messaging';
import { AuditTrailExtendedV1 } from '@waybill/schemas';
import {
  type BackgroundTask,
  type OffsetRange,
  type PublishedHead,
  publishedHeads,
  type TopicRangeReader,
} from '@waybill/service';

const usuallyEveryMs = 30_000;
/** Heads written in one statement. */
const atOnce = 1_000;

const insert = `
  insert into published_head (service, seq, hash, published_at, partition, log_offset)
  select service, seq, hash, at, partition, "offset" from jsonb_to_recordset($1::jsonb)
    as h (service text, seq bigint, hash text, at timestamptz, partition integer, "offset" bigint)
  on conflict do nothing`;

const position = `
  insert into published_head_position (partition, next_offset, read_at) values ($1, $2, clock_timestamp())
  on conflict (partition) do update set next_offset = excluded.next_offset, read_at = excluded.read_at`;

export interface HeadReaderOptions {
  readonly db: Queryable;
  readonly log: TopicRangeReader;
  readonly registry: SchemaRegistry;
}

/**
 * Reads what was published since the last time. Not as a consumer: heads are kept for ten years, longer than one without
 * order may look back, and ordered by their service a topic that was made anew would have the service asked.
 * @throws {TopicRangeReadError} when the broker cannot be asked.
 */
export async function readHeads({ db, log, registry }: HeadReaderOptions): Promise<void> {
  const held = await log.rangesOf(AuditTrailExtendedV1.topic);
  const { rows } = await db.query('select partition, next_offset from published_head_position');
  const next = new Map(rows.map((row) => [Number(row['partition']), BigInt(String(row['next_offset']))]));
  const unread = held.map((range): OffsetRange => ({ ...range, from: startOf(range, next.get(range.partition)) }));
  let batch: PublishedHead[] = [];
  const save = async () => {
    const values = batch.map(({ offset, ...head }) => ({ ...head, offset: offset.toString() }));
    await db.query(insert, [JSON.stringify(values)]);
    batch = [];
  };
  for await (const head of publishedHeads({ log, registry, contract: AuditTrailExtendedV1 }, unread)) {
    if (batch.push(head) >= atOnce) await save();
  }
  if (batch.length > 0) await save();
  // Last: what is read twice does no harm.
  for (const { partition, to } of unread) await db.query(position, [partition, to.toString()]);
}

/** A topic that was made anew begins anew. */
function startOf({ from, to }: OffsetRange, next: bigint | undefined): bigint {
  return next === undefined || next < from || next > to ? from : next;
}

export function readHeadsTask(
  options: HeadReaderOptions,
  log: Logger,
  intervalMs: number = usuallyEveryMs,
): BackgroundTask {
  return {
    name: 'published-audit-heads',
    intervalMs,
    run: async (signal) => {
      const work = readHeads(options).catch((error: unknown) => {
        if (!signal.aborted)
          log.warn({ err: error }, 'published ends of audit trails could not be read; tried again soon');
      });
      // A broker that does not answer must not hold up the end of the process.
      await Promise.race([work, aborted(signal)]);
    },
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
