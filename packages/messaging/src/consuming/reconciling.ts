import type { ConsumerContext } from './consumer-context.ts';
import type { NextStep } from './draining.ts';
import { callHandler } from './handler-call.ts';
import { type EntityKey, entityKeyText, type EventToPark, type ParkedEvent } from './inbox-store.ts';
import { decideHead } from './ordering.ts';
import { inEventSpan } from './process-span.ts';
import type { FetchedRecord } from './producer-source.ts';
import { failureRecord, waitingMs } from './retry.ts';
import { killAndTell } from './telling.ts';
import { tracedTransaction } from './traced-transaction.ts';
import { WorkingEntities } from './working-entities.ts';

type Reconcile = Extract<NextStep, { step: 'reconcile' }>;
type Provide = Extract<NextStep, { step: 'provide' }>;

/**
 * Closes a gap whose time is up: a projection from a snapshot of the entity, a reaction (or a projection whose
 * snapshot is not ahead) by fetching the missing events. What cannot be had becomes parked work for a person.
 * True when the queue can go on.
 */
export async function reconcile(c: ConsumerContext, { head, applied }: Reconcile): Promise<boolean> {
  try {
    return await inTraceOf(c, 'reconcile', head, async () => {
      if (await reconcileFromSnapshot(c, head.key, applied + 1)) return true;
      return fetchMissing(c, head, applied);
    });
  } catch (error) {
    await postpone(c, head, error, 'the producer of a gap’s events cannot be asked now');
    return false;
  }
}

/** Gets the entity that a parked event waits for. True when it is there now. */
export async function provide(c: ConsumerContext, { head, need }: Provide): Promise<boolean> {
  try {
    if (await inTraceOf(c, 'provide', head, async () => c.provide(need.projection, need.key))) return true;
    await postpone(c, head, undefined, 'an event waits for an entity that its producer does not know yet');
  } catch (error) {
    await postpone(c, head, error, 'the producer of an entity that an event waits for cannot be asked now');
  }
  return false;
}

/** What is asked of a producer so that an event can go on belongs to that event's trace. */
async function inTraceOf<T>(
  c: ConsumerContext,
  name: 'reconcile' | 'provide',
  head: ParkedEvent,
  work: () => Promise<T>,
): Promise<T> {
  const { envelope } = c.reader.read(head.record);
  return inEventSpan(name, c.definition, { envelope, origin: head.origin }, work);
}

/**
 * Sets a projection's copy from its producer's snapshot, when that is at `atLeast` or above. The versions that it
 * stands in for become holes; what is parked at or below it is dropped by the queue's next look.
 */
export async function reconcileFromSnapshot(c: ConsumerContext, key: EntityKey, atLeast: number): Promise<boolean> {
  const entry = c.definition.snapshots.find(({ contract }) => contract.aggregateType === key.aggregateType);
  if (entry === undefined) return false;
  const record = await c.producers.snapshot(key, c.stopping);
  if (record === undefined) return false;
  await c.reader.prepare([record]);
  const incoming = c.reader.read(record);
  if (incoming.kind === 'unreadable') throw incoming.problem;
  if (incoming.kind !== 'snapshot' || incoming.envelope.aggregateVersion < atLeast) return false;
  const { event } = incoming;

  const isAhead = await tracedTransaction(c, async (tx, spans) => {
    const entities = new WorkingEntities([key], await tx.lockEntities(c.definition.name, [key]));
    if (event.aggregateVersion <= entities.get(key).applied) return false;
    const call = { contract: entry.contract, event, attempt: 1, origin: undefined };
    await callHandler(c, call, { tx, spans }, entry.handle);
    entities.reconcile(key, event.aggregateVersion);
    await tx.saveEntities(c.definition.name, entities.changed());
    await tx.noteReconciled(c.definition.name, key);
    if (c.hasDependents) await tx.wakeWaiters(c.definition.name, entities.appeared());
    return true;
  });
  if (isAhead) c.counters.reconciled += 1;
  if (c.hasDependents) c.wakeDependents();
  c.wakeParked();
  return true;
}

/** Versions asked for at once; a longer gap is closed piece by piece, and a version out of all proportion costs one request. */
const FETCHED_AT_ONCE = 500;

/** Puts the missing events at the head of the queue, as its producer has them. */
async function fetchMissing(c: ConsumerContext, head: ParkedEvent, applied: number): Promise<boolean> {
  const from = applied + 1;
  const to = Math.min(head.version - 1, applied + FETCHED_AT_ONCE);
  const records = await c.producers.events(head.key, from, to, c.stopping);
  await c.reader.prepare(records);
  const found = new Map<number, EventToPark>();
  for (const record of records) {
    const incoming = c.reader.read(record);
    if (incoming.kind === 'other-rendition' || incoming.envelope === undefined) continue;
    found.set(incoming.envelope.aggregateVersion, fetched(record, incoming.envelope));
  }
  if (decideHead(applied, lowest(found) ?? Infinity) !== 'apply') {
    await giveUp(c, head, from);
    return false;
  }
  await c.store.transaction(async (tx) => {
    const locked = await tx.lockEntities(c.definition.name, [head.key]);
    // What came by the log while the producer was asked is done, and must not stand parked beside that.
    const reached = locked.get(entityKeyText(head.key))?.applied ?? 0;
    const missing = [...found].filter(([version]) => version > reached);
    await tx.park(
      c.definition.name,
      missing.map(([, event]) => event),
    );
  });
  c.log.info(
    { consumer: c.definition.name, key: head.key, from, to, found: found.size },
    'missing events were fetched from their producer',
  );
  return true;
}

function fetched(record: FetchedRecord, envelope: EventToPark['envelope']): EventToPark {
  return {
    envelope,
    record,
    origin: undefined,
    reason: 'behind',
    dueInMs: undefined,
    attempts: 0,
    failure: undefined,
    waitsFor: undefined,
    holdsEntity: true,
  };
}

function lowest(found: ReadonlyMap<number, unknown>): number | undefined {
  return found.size === 0 ? undefined : Math.min(...found.keys());
}

async function giveUp(c: ConsumerContext, head: ParkedEvent, missing: number): Promise<void> {
  const failure = {
    type: 'MissingPredecessor',
    code: 'event.predecessor-missing',
    message: `Version ${missing} did not come, and its producer no longer has it. Restore it there, or skip it knowingly; the entity waits.`,
  };
  await c.store.transaction(async (tx) => killAndTell(c, tx, head, failure, { claimMs: 0 }));
  c.log.error(
    { consumer: c.definition.name, key: head.key, missing },
    'a gap cannot be closed; its entity waits for a person',
  );
}

async function postpone(c: ConsumerContext, head: ParkedEvent, error: unknown, what: string): Promise<void> {
  const waitedMs = c.clock.now() - head.parkedAt.getTime();
  const dueInMs = 100 + waitingMs(waitedMs, c.definition.retry, c.clock.random());
  const failure = error === undefined ? undefined : failureRecord(error, []);
  await c.store.transaction(async (tx) =>
    tx.updateParked(head.id, { dueInMs, ...(failure === undefined ? {} : { failure }) }),
  );
  c.log.warn({ consumer: c.definition.name, key: head.key, failure, retry_after_ms: dueInMs }, what);
}
