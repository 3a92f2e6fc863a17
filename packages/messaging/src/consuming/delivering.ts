import type { LogRecord, RecordBatch } from '../log.ts';
import type { ConsumerContext } from './consumer-context.ts';
import { announceCommitted } from './delivery.ts';
import type { PartitionClaim } from './inbox-store.ts';
import type { Arrived } from './dealing.ts';
import { HandlerFailedError } from './handler-calls.ts';
import { commitSegment, type Segment } from './segment.ts';
import { OutOfTurnError } from './statement-turns.ts';

const IN_PLACE_MS = 1_000;

/**
 * Deals with a batch: in one transaction when all goes well. When a handler fails, the events before it are committed,
 * the failing one is parked alone, and the rest goes on.
 *
 * @throws when the database or the registry cannot be reached; the batch is then delivered again.
 */
export async function deliverBatch(c: ConsumerContext, claim: PartitionClaim, batch: RecordBatch): Promise<void> {
  await c.reader.prepare(batch.records);
  const items = batch.records.map((record) => ({ record, incoming: c.reader.read(record) }));
  let count = 0;
  for (let start = 0; start === 0 || start < items.length; start += c.definition.batchSize) {
    const rest = items.slice(start + c.definition.batchSize);
    const part = items.slice(start, start + c.definition.batchSize);
    count += await commitAll(c, { claim, items: part, nextOffset: offsetBefore(rest, batch.nextOffset) });
  }
  announceCommitted({
    stage: 'committed',
    consumer: c.definition.name,
    topic: batch.topic,
    partition: batch.partition,
    count,
  });
}

async function commitAll(c: ConsumerContext, segment: Segment): Promise<number> {
  try {
    return await commitInPlace(c, segment);
  } catch (error) {
    if (error instanceof OutOfTurnError) return commitAll(c, { ...segment, pace: 'in-turn' });
    if (error instanceof HandlerFailedError) return commitAround(c, segment, error);
    if (c.store.isTransient(error) && segment.items.length > 1) return commitHalves(c, segment);
    throw error;
  }
}

/** Isolates the event whose handler failed. */
async function commitAround(c: ConsumerContext, segment: Segment, failure: HandlerFailedError): Promise<number> {
  const { items } = segment;
  if (failure.isDatabaseTrouble) {
    if (items.length > 1) return commitHalves(c, segment);
    throw failure.cause;
  }
  const [failing, ...others] = failure.indexes;
  if (failing === undefined) throw failure;
  // One of those that a batch handler took is to blame: half of them are tried without the others, until it stands alone.
  if (others.length > 0) return commitSplit(c, segment, others[Math.floor(others.length / 2)] ?? failing + 1);
  const count = failing > 0 ? await commitAll(c, part(segment, 0, failing)) : 0;
  const isolated = { ...part(segment, failing, failing + 1), failure: { error: failure.cause } };
  const parked = await commitAll(c, isolated);
  const isLast = failing + 1 === items.length;
  return count + parked + (isLast ? 0 : await commitAll(c, part(segment, failing + 1, items.length)));
}

/** Deadlocks and serialisation failures: smaller transactions, nobody's attempt counted. */
async function commitHalves(c: ConsumerContext, segment: Segment): Promise<number> {
  return commitSplit(c, segment, Math.ceil(segment.items.length / 2));
}

async function commitSplit(c: ConsumerContext, segment: Segment, at: number): Promise<number> {
  const count = await commitAll(c, part(segment, 0, at));
  return count + (await commitAll(c, part(segment, at, segment.items.length)));
}

function part({ claim, items, nextOffset, pace }: Segment, from: number, to: number): Segment {
  return { claim, items: items.slice(from, to), nextOffset: offsetBefore(items.slice(to), nextOffset), pace };
}

/** Tries again in place for a second at most, with full jitter, when the database says that the same work may pass now. */
async function commitInPlace(c: ConsumerContext, segment: Segment): Promise<number> {
  const deadline = c.clock.now() + IN_PLACE_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await commitSegment(c, segment);
    } catch (error) {
      const isTransient = error instanceof HandlerFailedError ? error.isDatabaseTrouble : c.store.isTransient(error);
      if (!isTransient || c.stopping.aborted || c.clock.now() >= deadline) throw error;
      await c.clock.sleep(c.clock.random() * Math.min(200, 10 * 2 ** attempt), c.stopping);
    }
  }
}

/** A held record may come with a batch's end that lies before it, so the position never passes a record that is not dealt with. */
function offsetBefore(rest: readonly Arrived[], nextOffset: bigint): bigint {
  const first: LogRecord | undefined = rest[0]?.record;
  return first !== undefined && first.offset < nextOffset ? first.offset : nextOffset;
}
