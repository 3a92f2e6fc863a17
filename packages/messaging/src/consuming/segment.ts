import type { EventId } from '@waybill/contracts';
import { WaybillError } from '../errors.ts';
import type { ConsumerContext } from './consumer-context.ts';
import { type Arrived, dealWith, type Dealing, type Outcome } from './dealing.ts';
import { type CallPace, makeCalls } from './handler-calls.ts';
import { distinctKeys, type EntityVersion, type InboxTransaction, type PartitionClaim } from './inbox-store.ts';
import { missingNeeds, needsOf } from './needs.ts';
import type { ProcessSpans } from './process-span.ts';
import { tellParked } from './telling.ts';
import { tracedTransaction } from './traced-transaction.ts';
import { WorkingEntities } from './working-entities.ts';

/** A run of one partition's records that is dealt with in one transaction. */
export interface Segment {
  readonly claim: PartitionClaim;
  readonly items: readonly Arrived[];
  readonly nextOffset: bigint;
  /** Set when the segment is one event whose handler is known to fail: it is parked, not tried again here. */
  readonly failure?: { readonly error: unknown } | undefined;
  /** One after another where calls ahead of each other turned out not to be the same; as each handler allows when left out. */
  readonly pace?: CallPace | undefined;
}

/** Another process has taken the partition; nothing of this segment was committed. */
export class PartitionLostError extends WaybillError {
  constructor(claim: Omit<PartitionClaim, 'epoch'>) {
    super(
      'consumer.partition-lost',
      `${claim.consumer} no longer holds ${claim.topic}/${claim.partition}; its new holder goes on.`,
    );
  }
}

/**
 * Deals with a segment in one transaction: position, versions, dedupe rows, handlers' writes and published events
 * commit together or not at all.
 *
 * @throws {HandlerFailedError} {OutOfTurnError} {PartitionLostError}
 */
export async function commitSegment(c: ConsumerContext, segment: Segment): Promise<number> {
  const outcome: Outcome = { handled: [], skipped: [], parked: [], snapshots: [], pause: undefined, reconciled: [] };
  const receivedAt = new Date(c.clock.now());
  const wakes = await tracedTransaction(c, async (tx, spans) => {
    if (!(await tx.advance(segment.claim, segment.nextOffset, segment.items.length)))
      throw new PartitionLostError(segment.claim);
    const arrived = versionsOf(segment.items);
    const keys = distinctKeys(arrived.map(({ key }) => key));
    const entities = new WorkingEntities(keys, await tx.lockEntities(c.definition.name, keys, arrived));
    const absent = await missingNeeds(
      tx,
      segment.items.flatMap(({ incoming }) => needsOf(incoming)),
    );
    const seen = await seenBefore(c, tx, segment.items);
    const dealing: Dealing = { c, tx, entities, absent, seen, outcome, calls: [], failure: segment.failure };
    for (const [index, item] of segment.items.entries()) await dealWith(dealing, item, index);
    const handled = await makeCalls(c, { tx, spans }, dealing.calls, segment.pace);
    outcome.handled.push(...handled.map((each) => ({ ...each, receivedAt })));
    return write(dealing, spans);
  });
  settle(c, outcome, wakes);
  return outcome.handled.length;
}

/** Whose waiting may be over once the transaction is committed. */
interface Wakes {
  readonly parked: boolean;
  readonly dependents: boolean;
}

/** Writes what the segment added up to. */
async function write({ c, tx, entities, outcome }: Dealing, spans: ProcessSpans): Promise<Wakes> {
  const consumer = c.definition.name;
  await Promise.all([
    tx.recordHandled(consumer, outcome.handled),
    tx.recordSkipped(consumer, outcome.skipped),
    tx.saveEntities(consumer, entities.changed()),
  ]);
  await tx.park(consumer, [...outcome.parked, ...outcome.snapshots]);
  await tellParked(c, tx, outcome.parked);
  spans.skipped(outcome.skipped);
  spans.parked(outcome.parked);
  for (const key of outcome.reconciled) await tx.noteReconciled(consumer, key);
  const drainable = entities.drainable();
  await tx.hasten(consumer, drainable);
  const appeared = c.hasDependents ? entities.appeared() : [];
  await tx.wakeWaiters(consumer, appeared);
  return {
    parked:
      [...outcome.parked, ...outcome.snapshots].some(({ dueInMs }) => dueInMs !== undefined) || drainable.length > 0,
    dependents: appeared.length > 0,
  };
}

function settle(c: ConsumerContext, outcome: Outcome, wakes: Wakes): void {
  const { counters } = c;
  counters.handled += outcome.handled.length;
  counters.parked += outcome.parked.length;
  counters.reconciled += outcome.reconciled.length;
  for (const skipped of outcome.skipped) {
    if (skipped.reason === 'covered') counters.covered += 1;
    else counters.duplicates += 1;
  }
  c.budget.earn(outcome.handled.length);
  if (outcome.handled.length > 0) c.wakeRelay();
  if (wakes.parked) c.wakeParked();
  if (wakes.dependents) c.wakeDependents();
  if (outcome.pause !== undefined) c.pause(outcome.pause.dependency, outcome.pause.probeAfterMs);
}

/** Which of the events a consumer without order has handled; an ordered one tells that by their versions. */
async function seenBefore(
  { definition }: ConsumerContext,
  tx: InboxTransaction,
  items: readonly Arrived[],
): Promise<Set<EventId>> {
  if (definition.ordering.by === 'entity') return new Set();
  const ids = items.flatMap(({ incoming }) => (incoming.kind === 'event' ? [incoming.envelope.id] : []));
  return new Set(ids.length === 0 ? [] : await tx.handledIds(definition.name, ids));
}

function versionsOf(items: readonly Arrived[]): readonly EntityVersion[] {
  return items.flatMap(({ incoming }) => {
    if (incoming.kind === 'unreadable' || incoming.kind === 'other-rendition') return [];
    const { tenant, aggregateType, aggregateId, aggregateVersion } = incoming.envelope;
    return [{ key: { tenant, aggregateType, aggregateId }, version: aggregateVersion }];
  });
}
