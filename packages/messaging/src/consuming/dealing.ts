import type { Envelope, Event, EventId } from '@waybill/contracts';
import type { LogRecord } from '../log.ts';
import type { HandlerEntry, SnapshotEntry } from './consumer.ts';
import type { ConsumerContext } from './consumer-context.ts';
import type { PlannedCall } from './handler-calls.ts';
import {
  type EntityKey,
  entityKeyText,
  type EventToPark,
  type HandledEvent,
  type InboxTransaction,
  type SkippedDelivery,
} from './inbox-store.ts';
import { needsOf, needText } from './needs.ts';
import { decideOrder, decideSnapshot, type QueuedEvent } from './ordering.ts';
import { failed, forked, originOf, tooOld, unreadable, waiting, type WaitingReason } from './parking.ts';
import type { Incoming } from './record-reader.ts';
import type { WorkingEntities } from './working-entities.ts';

/** A record that was read. */
export interface Arrived {
  readonly record: LogRecord;
  readonly incoming: Incoming;
}

/** What a transaction adds up to before it is written. */
export interface Outcome {
  readonly handled: HandledEvent[];
  readonly skipped: SkippedDelivery[];
  readonly parked: EventToPark[];
  /** Snapshots that give the events they cover time to come. */
  readonly snapshots: EventToPark[];
  pause: { dependency: string; probeAfterMs: number } | undefined;
  readonly reconciled: EntityKey[];
}

/** One transaction's decisions, made for each of its records before the first handler is called. */
export interface Dealing {
  readonly c: ConsumerContext;
  readonly tx: InboxTransaction;
  readonly entities: WorkingEntities;
  /** Needed entities that are not there, by {@link needText}. */
  readonly absent: ReadonlySet<string>;
  /** Of a consumer without order: the ids that were handled before; those of this transaction are added. */
  readonly seen: Set<EventId>;
  readonly outcome: Outcome;
  /** What is to be called, in the order of the partition. A call that fails undoes the transaction, so it is taken as done. */
  readonly calls: PlannedCall[];
  /** Set when it is about one event whose handler is known to fail: it is parked, not tried again here. */
  readonly failure: { readonly error: unknown } | undefined;
}

type Dealable = Extract<Incoming, { kind: 'event' | 'unhandled' }>;

/** Decides what becomes of a record: it is to be called for, skipped, or parked. */
export async function dealWith(dealing: Dealing, item: Arrived, index: number): Promise<void> {
  const { incoming } = item;
  switch (incoming.kind) {
    case 'other-rendition':
      return;
    case 'unreadable':
      dealing.outcome.parked.push(unreadable(item.record, incoming.envelope, incoming.problem));
      return;
    case 'snapshot':
      dealWithSnapshot(dealing, item, incoming.event, incoming.entry, index);
      return;
    case 'event':
    case 'unhandled':
      if (dealing.c.definition.ordering.by === 'entity') return dealInOrder(dealing, item, incoming, index);
      dealUnordered(dealing, item, incoming, index, dealing.c.definition.ordering.horizonMs);
  }
}

async function dealInOrder(dealing: Dealing, item: Arrived, incoming: Dealable, index: number): Promise<void> {
  const { c, entities, outcome } = dealing;
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
      parkInQueue(dealing, item, incoming, decision.reason);
      return;
    case 'apply-late':
      if (
        incoming.kind === 'event' &&
        (await dealing.tx.handledIds(c.definition.name, [envelope.id])).has(envelope.id)
      ) {
        outcome.skipped.push({ envelope, origin: originOf(item.record), reason: 'duplicate' });
      } else if (!planHandler(dealing, item, incoming, index)) return;
      entities.fillHole(envelope, envelope.aggregateVersion);
      return;
    case 'apply':
      if (planHandler(dealing, item, incoming, index)) entities.apply(envelope, queued);
  }
}

function dealUnordered(dealing: Dealing, item: Arrived, incoming: Dealable, index: number, horizonMs: number): void {
  if (incoming.kind === 'unhandled') return;
  const { c, outcome, seen } = dealing;
  const { envelope } = incoming;
  if (seen.has(envelope.id)) {
    outcome.skipped.push({ envelope, origin: originOf(item.record), reason: 'duplicate' });
  } else if (envelope.time.getTime() < c.clock.now() - horizonMs) {
    outcome.parked.push(tooOld(item.record, incoming.envelope, horizonMs));
  } else if (planHandler(dealing, item, incoming, index)) {
    seen.add(envelope.id);
  }
}

/** Plans an event's handler, or parks it for what it must wait for. True when it will be handled (or needs no handling). */
function planHandler(dealing: Dealing, item: Arrived, incoming: Dealable, index: number): boolean {
  if (incoming.kind === 'unhandled') return true;
  const { event, entry } = incoming;
  if (dealing.failure !== undefined) {
    parkFailed(dealing, item, event, entry, dealing.failure.error);
    return false;
  }
  const need = needsOf(incoming).find(({ projection, key }) => dealing.absent.has(needText({ projection, key })));
  if (need !== undefined) {
    parkInQueue(dealing, item, incoming, 'dependency', need);
    return false;
  }
  if (entry.external !== undefined && (entry.external.when?.(event) ?? true)) {
    parkInQueue(dealing, item, incoming, 'external');
    return false;
  }
  plan(dealing, item, event, entry, index);
  return true;
}

function dealWithSnapshot(
  dealing: Dealing,
  item: Arrived,
  event: Event<never>,
  entry: SnapshotEntry,
  index: number,
): void {
  const { c, entities, outcome } = dealing;
  const decision = decideSnapshot(entities.get(event), event.aggregateVersion);
  if (decision === 'pass-over') return;
  if (decision === 'wait') {
    outcome.snapshots.push({ ...waiting(c.definition, item.record, event, 'gap'), holdsEntity: false });
    return;
  }
  if (dealing.failure !== undefined) {
    parkFailed(dealing, item, event, entry, dealing.failure.error);
    return;
  }
  plan(dealing, item, event, entry, index);
  entities.reconcile(event, event.aggregateVersion);
  outcome.reconciled.push(event);
}

function plan(
  { calls }: Dealing,
  item: Arrived,
  event: Event<never>,
  entry: HandlerEntry | SnapshotEntry,
  index: number,
): void {
  calls.push({
    index,
    entry,
    event,
    origin: originOf(item.record),
    entity: entityKeyText(event),
    together: 'handleAll' in entry && entry.handleAll !== undefined ? entry : undefined,
  });
}

function parkInQueue(
  { c, entities, outcome }: Dealing,
  item: Arrived,
  incoming: Dealable,
  reason: WaitingReason,
  waitsFor?: EventToPark['waitsFor'],
): void {
  outcome.parked.push(waiting(c.definition, item.record, incoming.envelope, reason, waitsFor));
  if (c.definition.ordering.by === 'entity') entities.enqueue(incoming.envelope, queuedOf(incoming.envelope));
}

function parkFailed(
  { c, entities, outcome }: Dealing,
  item: Arrived,
  event: Event<never>,
  of: HandlerEntry | SnapshotEntry,
  error: unknown,
): void {
  const { parked, verdict } = failed(c, item.record, event, of.contract, error);
  outcome.parked.push(parked);
  if (verdict.verdict === 'pause') outcome.pause = verdict;
  if (parked.holdsEntity) entities.enqueue(event, queuedOf(event));
}

function queuedOf(envelope: Envelope): QueuedEvent {
  return { version: envelope.aggregateVersion, id: envelope.id };
}
