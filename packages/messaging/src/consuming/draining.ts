import type { Event } from '@waybill/contracts';
import type { ConsumerContext } from './consumer-context.ts';
import type { ExternalEffect, HandlerEntry } from './consumer.ts';
import { callHandler, isDatabaseTrouble } from './handler-call.ts';
import type { EventRecovery } from '../operating/facts.ts';
import type { EntityKey, HandledEvent, InboxTransaction, ParkedEvent, SkippedDelivery } from './inbox-store.ts';
import { missingNeeds, type Need, needsOf, needText } from './needs.ts';
import { decideHead } from './ordering.ts';
import { startCall } from './external-call.ts';
import { isAffordable, keepFailed } from './parking.ts';
import type { ProcessSpans } from './process-span.ts';
import type { Incoming } from './record-reader.ts';
import { failureRecord } from './retry.ts';
import { containsVersion } from './version-ranges.ts';
import { killAndTell, recoveryOf } from './telling.ts';
import { tracedTransaction } from './traced-transaction.ts';
import { WorkingEntities } from './working-entities.ts';

/**
 * What an entity's queue needs next, after one transaction worked on it.
 * - `rest`: nothing now. `again`: there is more, from that version on. `queued`: it stands in its entity's queue from now on.
 * - `prepare`: schemas must be fetched first. `reconcile`: the versions of a gap must be had.
 * - `provide`: another entity must be had. `call`: a call to the outside must be made.
 */
export type NextStep =
  | { readonly step: 'rest' }
  | { readonly step: 'again'; readonly from: number }
  | { readonly step: 'queued' }
  | { readonly step: 'prepare'; readonly parked: readonly ParkedEvent[] }
  | { readonly step: 'reconcile'; readonly head: ParkedEvent; readonly applied: number }
  | { readonly step: 'provide'; readonly head: ParkedEvent; readonly need: Need }
  | {
      readonly step: 'call';
      readonly head: ParkedEvent;
      readonly event: Event<never>;
      readonly entry: HandlerEntry;
      readonly effect: ExternalEffect<never, unknown>;
    };

/** Of a queue that is worked through without leaving the database. */
const QUEUE_PAGE = 100;
/** Of one whose call was just made: its event, and the next one, whose call begins in the same transaction. */
const AFTER_CALL_PAGE = 2;

/** One transaction's work on parked events. */
export interface Drain {
  readonly c: ConsumerContext;
  readonly tx: InboxTransaction;
  readonly spans: ProcessSpans;
  readonly key: EntityKey;
  readonly entities: WorkingEntities;
  readonly handled: HandledEvent[];
  readonly skipped: SkippedDelivery[];
  readonly done: bigint[];
  /** Of those that are done, the ones that had failed. */
  readonly recovered: EventRecovery[];
  /** The event whose call to the outside has just been made. */
  readonly settled: bigint | undefined;
  readonly calls: DrainTurn['calls'];
}

/** The outcome of a call to the outside that was made for a parked event. */
export interface SettledCall {
  readonly id: bigint;
  readonly version: number;
  readonly outcome: { readonly value: unknown };
}

/** What one transaction on a queue begins with, and how far it may go. */
export interface DrainTurn {
  readonly settled: SettledCall | undefined;
  /** The version at which the queue is taken up: what stands before it was looked at and stays. 0 for its head. */
  readonly from: number;
  /** `none` where whoever works on it stops after this, and would not make a call that it began. */
  readonly calls: 'next' | 'none';
}

/**
 * Works on an entity's queue in one transaction, head first, as far as it goes without leaving the database. The
 * outcome of a call is stored in the same transaction as what its handler makes of it.
 */
export async function drainQueue(
  c: ConsumerContext,
  key: EntityKey,
  { settled, from, calls }: DrainTurn,
): Promise<NextStep> {
  const { next, drain, wakesDependents } = await tracedTransaction(c, async (tx, spans) => {
    const consumer = c.definition.name;
    const entities = new WorkingEntities([key], await tx.lockEntities(consumer, [key]));
    const work: Drain = {
      c,
      tx,
      spans,
      key,
      entities,
      handled: [],
      skipped: [],
      done: [],
      recovered: [],
      settled: settled?.id,
      calls,
    };
    if (settled !== undefined) await tx.updateParked(settled.id, { call: 'none', outcome: settled.outcome });
    const page =
      settled === undefined ? { from, limit: QUEUE_PAGE } : { from: settled.version, limit: AFTER_CALL_PAGE };
    const step = await drainInOrder(work, await tx.queueOf(consumer, key, page), page.limit);
    if (work.recovered.length > 0) await c.facts?.recovered(tx.db, work.recovered);
    await Promise.all([
      tx.unpark(work.done).then(async () => tx.keepHeadDue(consumer, key)),
      tx.recordHandled(consumer, work.handled),
      tx.recordSkipped(consumer, work.skipped),
      tx.saveEntities(consumer, entities.changed()),
    ]);
    spans.skipped(work.skipped);
    const appeared = c.hasDependents ? entities.appeared() : [];
    await tx.wakeWaiters(consumer, appeared);
    return { next: step, drain: work, wakesDependents: appeared.length > 0 };
  });
  if (wakesDependents) c.wakeDependents();
  c.counters.handled += drain.handled.length;
  c.counters.covered += drain.skipped.length;
  if (drain.handled.length > 0) c.wakeRelay();
  return next;
}

async function drainInOrder(work: Drain, queue: readonly ParkedEvent[], limit: number): Promise<NextStep> {
  for (const [index, parked] of queue.entries()) {
    const next = await drainOne(work, parked);
    if (next !== 'onward') {
      await queueUp(work, queue.slice(index + 1));
      return next;
    }
  }
  const last = queue.at(-1);
  return last !== undefined && queue.length === limit ? { step: 'again', from: last.version } : { step: 'rest' };
}

/** Only the head of a queue is due; what came to stand behind it waits for it. */
async function queueUp(work: Drain, rest: readonly ParkedEvent[]): Promise<void> {
  for (const parked of rest) {
    if (parked.due && parked.reason !== 'dead')
      await work.tx.updateParked(parked.id, { reason: 'behind', dueInMs: null });
  }
}

async function drainOne(work: Drain, parked: ParkedEvent): Promise<NextStep | 'onward'> {
  const { c, tx, entities, key } = work;
  const state = entities.get(key);
  if (!c.reader.isPrepared(parked.record)) return { step: 'prepare', parked: [parked] };
  const incoming = c.reader.read(parked.record);
  switch (decideHead(state.applied, parked.version)) {
    case 'seen':
      return drainSeen(work, parked, incoming, containsVersion(state.holes, parked.version));
    case 'gap':
      if (parked.due && parked.reason !== 'behind') return { step: 'reconcile', head: parked, applied: state.applied };
      if (parked.reason === 'behind')
        await tx.updateParked(parked.id, { reason: 'gap', dueInMs: c.definition.gapPatienceMs });
      return { step: 'rest' };
    case 'apply': {
      const next = await drainNext(work, parked, incoming);
      if (next === 'onward') {
        entities.apply(key, { version: parked.version, id: parked.eventId });
      }
      return next;
    }
  }
}

/** Its version is at or below what was applied since it was parked: a snapshot covers it, or it came twice. */
async function drainSeen(
  work: Drain,
  parked: ParkedEvent,
  incoming: Incoming,
  isHole: boolean,
): Promise<NextStep | 'onward'> {
  const { c, entities, key } = work;
  if (c.definition.kind === 'reaction' && parked.reason !== 'dead' && (isHole || (await isUnhandled(work, parked)))) {
    const next = await drainNext(work, parked, incoming);
    if (next === 'onward') entities.fillHole(key, parked.version);
    return next;
  }
  // A person has yet to look at it; for a projection, what covers it has made it good.
  if (parked.reason === 'dead' && c.definition.kind === 'reaction') return 'onward';
  if (incoming.envelope !== undefined) {
    work.skipped.push({ envelope: incoming.envelope, origin: parked.origin, reason: isHole ? 'covered' : 'duplicate' });
  }
  finish(work, parked, 'superseded');
  return 'onward';
}

/**
 * A reaction may have gone on without an event that it could not read, and not have noted a hole: one that begins with now
 * takes the first version that it can read for the entity's baseline. Neither is a fork that a person tries again handled.
 */
async function isUnhandled({ c, tx }: Drain, { eventId }: ParkedEvent): Promise<boolean> {
  return !(await tx.handledIds(c.definition.name, [eventId])).has(eventId);
}

async function drainNext(work: Drain, parked: ParkedEvent, incoming: Incoming): Promise<NextStep | 'onward'> {
  if (parked.reason === 'dead' || parked.call === 'calling') return { step: 'rest' };
  if (incoming.kind === 'unreadable') return killUnreadable(work, parked, incoming.problem);
  if (incoming.kind !== 'event') {
    finish(work, parked, 'superseded');
    return 'onward';
  }
  if (parked.reason === 'retry' && !parked.due) return { step: 'rest' };
  const blocked = await blockedBy(work, parked, incoming);
  if (blocked !== undefined) return blocked;
  const { entry, event } = incoming;
  const isCall = entry.external !== undefined && (entry.external.when?.(event) ?? true);
  if (isCall && parked.outcome === undefined) return nextCall(work, parked, event, entry);
  return handleParked(work, parked, event, entry);
}

/** Begins the call of an event, where whoever works on it goes on to make it. */
export async function nextCall(
  { c, tx, calls }: Drain,
  parked: ParkedEvent,
  event: Event<never>,
  entry: HandlerEntry,
): Promise<NextStep> {
  return calls === 'none' ? { step: 'rest' } : startCall(c, tx, parked, event, entry);
}

/** Parks an event anew for an entity that it needs, or says that this is to be had now. */
export async function blockedBy(work: Drain, parked: ParkedEvent, incoming: Incoming): Promise<NextStep | undefined> {
  const { c, tx } = work;
  const needs = needsOf(incoming);
  const absent = await missingNeeds(tx, needs);
  const need = needs.find((wanted) => absent.has(needText(wanted)));
  if (need === undefined) return undefined;
  if (parked.reason === 'dependency' && parked.due) return { step: 'provide', head: parked, need };
  if (parked.reason !== 'dependency') {
    await tx.updateParked(parked.id, { reason: 'dependency', dueInMs: c.definition.gapPatienceMs, waitsFor: need });
  }
  return { step: 'rest' };
}

/** Tries a parked event again; what its handler wrote is undone alone when it fails. */
export async function handleParked(
  work: Drain,
  parked: ParkedEvent,
  event: Event<never>,
  entry: HandlerEntry,
): Promise<NextStep | 'onward'> {
  const { c, tx } = work;
  const attempt = parked.attempts + 1;
  // What was called was paid for when the call began.
  if (work.settled !== parked.id && !(await isAffordable(c, tx, parked))) return { step: 'rest' };
  try {
    const workMs = await tx.savepoint(async () =>
      callHandler(c, { contract: entry.contract, event, attempt, origin: parked.origin, parked }, work, (e, context) =>
        entry.handle(e, context, parked.outcome?.value),
      ),
    );
    work.handled.push({
      envelope: event,
      origin: parked.origin,
      arrival: parked.origin === undefined ? 'fetched' : 'parked',
      receivedAt: parked.parkedAt,
      workMs,
      attempts: attempt,
    });
    finish(work, parked, 'handled');
    return 'onward';
  } catch (error) {
    if (isDatabaseTrouble(c, error)) throw error;
    await keepFailed(c, tx, parked, event, entry.contract, error);
    return { step: 'rest' };
  }
}

/** A parked event is done with. */
export function finish(work: Drain, parked: ParkedEvent, how: EventRecovery['how']): void {
  work.done.push(parked.id);
  work.recovered.push(...recoveryOf(work.c, parked, how));
}

/** An event fetched from its producer that cannot be read either: it is dead, and its entity goes on without it. */
async function killUnreadable(work: Drain, parked: ParkedEvent, problem: Error): Promise<NextStep | 'onward'> {
  const { c, tx, entities, key } = work;
  await killAndTell(c, tx, parked, failureRecord(problem, []), { holdsEntity: false });
  if (parked.version > entities.get(key).applied) entities.passOver(key, parked.version);
  c.log.error(
    { consumer: c.definition.name, key, version: parked.version },
    'an event cannot be read, here or at its producer; its entity goes on without it',
  );
  return { step: 'again', from: parked.version };
}
