import type { Envelope, Event } from '@waybill/contracts';
import type { LogRecord } from '../log.ts';
import { WaybillError } from '../errors.ts';
import type { HandlerEntry, SnapshotEntry } from './consumer.ts';
import type { ConsumerContext } from './consumer-context.ts';
import { callHandler, isDatabaseTrouble } from './handler-call.ts';
import {
  type EntityKey,
  entityKeyText,
  type EventToPark,
  type HandledEvent,
  type InboxTransaction,
  type PartitionClaim,
  type SkippedDelivery,
} from './inbox-store.ts';
import { missingNeeds, needsOf, needText } from './needs.ts';
import { decideOrder, decideSnapshot, type QueuedEvent } from './ordering.ts';
import { failed, forked, originOf, tooOld, unreadable, waiting, type WaitingReason } from './parking.ts';
import type { ProcessSpans } from './process-span.ts';
import type { Incoming } from './record-reader.ts';
import { tracedTransaction } from './traced-transaction.ts';
import { WorkingEntities } from './working-entities.ts';

/** A record that was read. */
export interface Arrived {
  readonly record: LogRecord;
  readonly incoming: Incoming;
}

/** A run of one partition's records that is dealt with in one transaction. */
export interface Segment {
  readonly claim: PartitionClaim;
  readonly items: readonly Arrived[];
  readonly nextOffset: bigint;
  /** Set when the segment is one event whose handler is known to fail: it is parked, not tried again here. */
  readonly failure?: { readonly error: unknown } | undefined;
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

/** A handler failed inside a segment, which was rolled back; `index` tells which event it was. */
export class HandlerFailedError extends WaybillError {
  readonly index: number;
  /** Whether the trouble was its transaction's, so that the event itself is not to blame. */
  readonly isDatabaseTrouble: boolean;

  constructor(c: ConsumerContext, index: number, cause: unknown) {
    super('consumer.handler-failed', 'A handler failed.', { cause });
    this.index = index;
    this.isDatabaseTrouble = isDatabaseTrouble(c, cause);
  }
}

/** What a transaction adds up to before it is written. */
interface Outcome {
  readonly handled: HandledEvent[];
  readonly skipped: SkippedDelivery[];
  readonly parked: EventToPark[];
  /** Snapshots that give the events they cover time to come. */
  readonly snapshots: EventToPark[];
  pause: { dependency: string; probeAfterMs: number } | undefined;
  readonly reconciled: EntityKey[];
}

/**
 * Deals with a segment in one transaction: position, versions, dedupe rows, handlers' writes and published events
 * commit together or not at all.
 *
 * @throws {HandlerFailedError} @throws {PartitionLostError}
 */
export async function commitSegment(c: ConsumerContext, segment: Segment): Promise<number> {
  const outcome: Outcome = { handled: [], skipped: [], parked: [], snapshots: [], pause: undefined, reconciled: [] };
  const receivedAt = new Date(c.clock.now());
  const wakes = await tracedTransaction(c, async (tx, spans) => {
    if (!(await tx.advance(segment.claim, segment.nextOffset, segment.items.length)))
      throw new PartitionLostError(segment.claim);
    const keys = distinctKeys(segment.items);
    const entities = new WorkingEntities(keys, await tx.lockEntities(c.definition.name, keys));
    const absent = await missingNeeds(
      tx,
      segment.items.flatMap(({ incoming }) => needsOf(incoming)),
    );
    const work: Work = { c, tx, spans, entities, absent, outcome, receivedAt, failure: segment.failure };
    for (const [index, item] of segment.items.entries()) await dealWith(work, item, index);
    return write(work);
  });
  settle(c, outcome, wakes);
  return outcome.handled.length;
}

interface Work {
  readonly c: ConsumerContext;
  readonly tx: InboxTransaction;
  readonly spans: ProcessSpans;
  readonly entities: WorkingEntities;
  readonly absent: ReadonlySet<string>;
  readonly outcome: Outcome;
  readonly receivedAt: Date;
  readonly failure: Segment['failure'];
}

async function dealWith(work: Work, item: Arrived, index: number): Promise<void> {
  const { incoming } = item;
  switch (incoming.kind) {
    case 'other-rendition':
      return;
    case 'unreadable':
      work.outcome.parked.push(unreadable(item.record, incoming.envelope, incoming.problem));
      return;
    case 'snapshot':
      return dealWithSnapshot(work, item, incoming.event, incoming.entry, index);
    case 'event':
    case 'unhandled':
      return work.c.definition.ordering.by === 'entity'
        ? dealInOrder(work, item, incoming, index)
        : dealUnordered(work, item, incoming, index, work.c.definition.ordering.horizonMs);
  }
}

type Dealable = Extract<Incoming, { kind: 'event' | 'unhandled' }>;

async function dealInOrder(work: Work, item: Arrived, incoming: Dealable, index: number): Promise<void> {
  const { c, entities, outcome } = work;
  const { envelope } = incoming;
  const queued = queuedOf(envelope);
  const baselineAllowed = c.definition.kind === 'reaction' && c.definition.from === 'now';
  const decision = decideOrder(c.definition.kind, entities.get(envelope), queued, baselineAllowed);
  switch (decision.action) {
    case 'skip':
      // An event without a handler comes once for each of its renditions; none of them had an effect to repeat.
      if (incoming.kind === 'event') {
        outcome.skipped.push({ envelope, origin: originOf(item.record), reason: decision.reason });
      }
      return;
    case 'fork':
      outcome.parked.push(forked(item.record, incoming.envelope));
      return;
    case 'park':
      parkInQueue(work, item, incoming, decision.reason);
      return;
    case 'apply-late':
      if (incoming.kind === 'event' && (await work.tx.handledIds(c.definition.name, [envelope.id])).has(envelope.id)) {
        outcome.skipped.push({ envelope, origin: originOf(item.record), reason: 'duplicate' });
      } else if (!(await tryHandle(work, item, incoming, index))) return;
      entities.fillHole(envelope, envelope.aggregateVersion);
      return;
    case 'apply':
      if (await tryHandle(work, item, incoming, index)) entities.apply(envelope, queued);
  }
}

async function dealUnordered(
  work: Work,
  item: Arrived,
  incoming: Dealable,
  index: number,
  horizonMs: number,
): Promise<void> {
  if (incoming.kind === 'unhandled') return;
  const { c, outcome } = work;
  const { envelope } = incoming;
  const handledHere = outcome.handled.some((handled) => handled.envelope.id === envelope.id);
  if (handledHere || (await work.tx.handledIds(c.definition.name, [envelope.id])).has(envelope.id)) {
    outcome.skipped.push({ envelope, origin: originOf(item.record), reason: 'duplicate' });
  } else if (envelope.time.getTime() < c.clock.now() - horizonMs) {
    outcome.parked.push(tooOld(item.record, incoming.envelope, horizonMs));
  } else {
    await tryHandle(work, item, incoming, index);
  }
}

/** Handles an event, or parks it for what it must wait for. True when it was handled (or needs no handling). */
async function tryHandle(work: Work, item: Arrived, incoming: Dealable, index: number): Promise<boolean> {
  if (incoming.kind === 'unhandled') return true;
  const { c, outcome } = work;
  const { event, entry } = incoming;
  if (work.failure !== undefined) {
    parkFailed(work, item, event, entry, work.failure.error);
    return false;
  }
  const need = needsOf(incoming).find(({ projection, key }) => work.absent.has(needText({ projection, key })));
  if (need !== undefined) {
    parkInQueue(work, item, incoming, 'dependency', need);
    return false;
  }
  if (entry.external !== undefined && (entry.external.when?.(event) ?? true)) {
    parkInQueue(work, item, incoming, 'external');
    return false;
  }
  try {
    const origin = originOf(item.record);
    const workMs = await callHandler(c, { contract: entry.contract, event, attempt: 1, origin }, work, (e, context) =>
      entry.handle(e, context, undefined),
    );
    outcome.handled.push({
      envelope: event,
      origin,
      arrival: 'delivered',
      receivedAt: work.receivedAt,
      workMs,
      attempts: 1,
    });
    return true;
  } catch (error) {
    throw new HandlerFailedError(c, index, error);
  }
}

async function dealWithSnapshot(
  work: Work,
  item: Arrived,
  event: Event<never>,
  entry: SnapshotEntry,
  index: number,
): Promise<void> {
  const { entities, outcome } = work;
  const decision = decideSnapshot(entities.get(event), event.aggregateVersion);
  if (decision === 'pass-over') return;
  if (decision === 'wait') {
    outcome.snapshots.push({ ...waiting(work.c.definition, item.record, event, 'gap'), holdsEntity: false });
    return;
  }
  if (work.failure !== undefined) {
    parkFailed(work, item, event, entry, work.failure.error);
    return;
  }
  try {
    const call = { contract: entry.contract, event, attempt: 1, origin: originOf(item.record) };
    await callHandler(work.c, call, work, entry.handle);
  } catch (error) {
    throw new HandlerFailedError(work.c, index, error);
  }
  entities.reconcile(event, event.aggregateVersion);
  outcome.reconciled.push(event);
}

/** Whose waiting may be over once the transaction is committed. */
interface Wakes {
  readonly parked: boolean;
  readonly dependents: boolean;
}

/** Writes what the segment added up to. */
async function write(work: Work): Promise<Wakes> {
  const { c, tx, spans, entities, outcome } = work;
  const consumer = c.definition.name;
  await tx.recordHandled(consumer, outcome.handled);
  await tx.recordSkipped(consumer, outcome.skipped);
  await tx.saveEntities(consumer, entities.changed());
  await tx.park(consumer, [...outcome.parked, ...outcome.snapshots]);
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

function parkInQueue(
  work: Work,
  item: Arrived,
  incoming: Dealable,
  reason: WaitingReason,
  waitsFor?: EventToPark['waitsFor'],
): void {
  const { c, entities, outcome } = work;
  outcome.parked.push(waiting(c.definition, item.record, incoming.envelope, reason, waitsFor));
  if (isOrdered(c)) entities.enqueue(incoming.envelope, queuedOf(incoming.envelope));
}

function parkFailed(
  work: Work,
  item: Arrived,
  event: Event<never>,
  of: HandlerEntry | SnapshotEntry,
  error: unknown,
): void {
  const { c, entities, outcome } = work;
  const { parked, verdict } = failed(c, item.record, event, of.contract, error);
  outcome.parked.push(parked);
  if (verdict.verdict === 'pause') outcome.pause = verdict;
  if (parked.holdsEntity) entities.enqueue(event, queuedOf(event));
}

function isOrdered(c: ConsumerContext): boolean {
  return c.definition.ordering.by === 'entity';
}

function queuedOf(envelope: Envelope): QueuedEvent {
  return { version: envelope.aggregateVersion, id: envelope.id };
}

function distinctKeys(items: readonly Arrived[]): readonly EntityKey[] {
  const keys = new Map<string, EntityKey>();
  for (const { incoming } of items) {
    if (incoming.kind === 'unreadable' || incoming.kind === 'other-rendition') continue;
    const { tenant, aggregateType, aggregateId } = incoming.envelope;
    const key = { tenant, aggregateType, aggregateId };
    keys.set(entityKeyText(key), key);
  }
  return [...keys.values()];
}
