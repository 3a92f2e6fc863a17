import type { ConsumerContext } from './consumer-context.ts';
import { blockedBy, type Drain, type DrainTurn, finish, handleParked, nextCall, type NextStep } from './draining.ts';
import type { HandledEvent, ParkedEvent } from './inbox-store.ts';
import { callHandler, isDatabaseTrouble } from './handler-call.ts';
import { keepFailed } from './parking.ts';
import type { Incoming } from './record-reader.ts';
import { failureRecord } from './retry.ts';
import { killAndTell } from './telling.ts';
import { tracedTransaction } from './traced-transaction.ts';
import { WorkingEntities } from './working-entities.ts';

/**
 * Works on a parked entry that holds nobody up: an event of an unordered consumer, a snapshot that waited or whose
 * handler failed, or what was dead because it could not be read and is tried again.
 */
export async function drainAlone(
  c: ConsumerContext,
  claimed: ParkedEvent,
  { settled, calls }: DrainTurn,
): Promise<NextStep> {
  if (!c.reader.isPrepared(claimed.record)) return { step: 'prepare', parked: [claimed] };
  const incoming = c.reader.read(claimed.record);
  if (isReadable(incoming) && c.definition.ordering.by === 'entity') return joinQueue(c, claimed);
  const handled: HandledEvent[] = [];
  const wakes = { parked: false, dependents: false };
  const next = await tracedTransaction(c, async (tx, spans): Promise<NextStep> => {
    const consumer = c.definition.name;
    const entities = new WorkingEntities([claimed.key], await tx.lockEntities(consumer, [claimed.key]));
    if (settled !== undefined) await tx.updateParked(settled.id, { call: 'none', outcome: settled.outcome });
    const parked = await tx.parkedById(claimed.id);
    if (parked === undefined || parked.reason === 'dead' || parked.call === 'calling' || !parked.due)
      return { step: 'rest' };
    const none = { skipped: [], done: [], recovered: [] };
    const work: Drain = { c, tx, spans, key: claimed.key, entities, handled, ...none, settled: settled?.id, calls };
    const settle = async (): Promise<NextStep> => {
      await tx.unpark(work.done);
      if (work.recovered.length > 0) await c.facts?.recovered(tx.db, work.recovered);
      await tx.recordHandled(consumer, work.handled);
      await tx.recordSkipped(consumer, work.skipped);
      await tx.saveEntities(consumer, entities.changed());
      const drainable = entities.drainable();
      const appeared = c.hasDependents ? entities.appeared() : [];
      await tx.hasten(consumer, drainable);
      await tx.wakeWaiters(consumer, appeared);
      wakes.parked = drainable.length > 0;
      wakes.dependents = appeared.length > 0;
      return { step: 'rest' };
    };

    if (incoming.kind === 'snapshot') {
      const isAhead = incoming.event.aggregateVersion > entities.get(claimed.key).applied;
      if (!(await applySnapshot(work, parked, incoming))) return { step: 'rest' };
      finish(work, parked, isAhead ? 'handled' : 'superseded');
      return settle();
    }
    if (incoming.kind === 'unreadable') {
      await killAndTell(c, tx, parked, failureRecord(incoming.problem, []), { claimMs: 0 });
      return { step: 'rest' };
    }
    const { envelope } = incoming;
    if (incoming.kind !== 'event' || (await tx.handledIds(consumer, [envelope.id])).has(envelope.id)) {
      const reason = incoming.kind === 'other-rendition' ? 'older-rendition' : 'duplicate';
      work.skipped.push({ envelope, origin: parked.origin, reason });
      finish(work, parked, 'superseded');
      return settle();
    }
    const blocked = await blockedBy(work, parked, incoming);
    if (blocked !== undefined) return blocked;
    const { entry, event } = incoming;
    const isCall = entry.external !== undefined && (entry.external.when?.(event) ?? true);
    if (isCall && parked.outcome === undefined) return nextCall(work, parked, event, entry);
    const step = await handleParked(work, parked, event, entry);
    return step === 'onward' ? settle() : step;
  });
  c.counters.handled += handled.length;
  if (handled.length > 0) c.wakeRelay();
  if (wakes.parked) c.wakeParked();
  if (wakes.dependents) c.wakeDependents();
  return next;
}

function isReadable(incoming: Incoming): boolean {
  return incoming.kind === 'event' || incoming.kind === 'unhandled';
}

/** An event that can be read now takes its place among those of its entity, where its version decides. */
async function joinQueue(c: ConsumerContext, { id, key }: ParkedEvent): Promise<NextStep> {
  const isOurs = await c.store.transaction(async (tx) => {
    await tx.lockEntities(c.definition.name, [key]);
    return tx.updateParked(id, { reason: 'behind', dueInMs: 0, holdsEntity: true });
  });
  return { step: isOurs ? 'queued' : 'rest' };
}

/** Sets the copy from a parked snapshot unless it is older than the copy. False when its handler failed again. */
async function applySnapshot(
  work: Drain,
  parked: ParkedEvent,
  { event, entry }: Extract<Incoming, { kind: 'snapshot' }>,
): Promise<boolean> {
  const { c, tx, entities, key } = work;
  if (event.aggregateVersion <= entities.get(key).applied) return true;
  const attempt = parked.attempts + 1;
  try {
    await tx.savepoint(async () =>
      callHandler(c, { contract: entry.contract, event, attempt, origin: parked.origin, parked }, work, entry.handle),
    );
  } catch (error) {
    if (isDatabaseTrouble(c, error)) throw error;
    await keepFailed(c, tx, parked, event, entry.contract, error);
    return false;
  }
  entities.reconcile(key, event.aggregateVersion);
  await tx.noteReconciled(c.definition.name, key);
  c.counters.reconciled += 1;
  return true;
}
