import { type Envelope, envelopeFromHeaders } from '@waybill/contracts';
import type { ConsumerDefinition } from '../consuming/consumer.ts';
import type { InboxTransaction, ParkedEvent } from '../consuming/inbox-store.ts';
import type { EntityState } from '../consuming/ordering.ts';
import { containsVersion } from '../consuming/version-ranges.ts';
import { WorkingEntities } from '../consuming/working-entities.ts';

/**
 * Why nothing was done.
 * - `gone`: it is not parked any more. `not-failed`: it waits for others and did not fail.
 * - `in-work`: a process is at it at this moment. `has-predecessors`: those of its entity that come first must go first.
 * - `no-gap`: nothing is missing before it.
 */
export type Refusal = 'gone' | 'not-failed' | 'in-work' | 'has-predecessors' | 'no-gap';

export type OperationOutcome =
  | { readonly done: 'yes'; readonly parked: ParkedEvent }
  | { readonly done: 'no'; readonly why: Refusal; readonly parked: ParkedEvent | undefined };

/** What {@link redrive} changes beside trying again. */
export interface RedriveOptions {
  /** The event's record value as an operator mended it, framed as on the topic. */
  readonly value?: Uint8Array;
}

/**
 * Has a parked event that failed tried again, from its first attempt. Its place in its entity's queue stays, so that
 * the queue keeps its order. What is being worked on is left alone, so that no event is in two redrives at once.
 */
export async function redrive(
  tx: InboxTransaction,
  consumer: string,
  id: bigint,
  options: RedriveOptions = {},
): Promise<OperationOutcome> {
  const found = await underLock(tx, consumer, id);
  if (found === undefined) return refused('gone', undefined);
  const { parked } = found;
  if (parked.reason !== 'dead' && parked.reason !== 'retry') return refused('not-failed', parked);
  const changed = await tx.updateParked(id, {
    reason: 'retry',
    dueInMs: 0,
    attempts: 0,
    claimMs: 0,
    ...(options.value === undefined ? {} : { value: options.value }),
  });
  return changed ? { done: 'yes', parked } : refused('in-work', parked);
}

/** What of a consumer's definition decides how one of its events can be given up. */
export type OperatedConsumer = Pick<ConsumerDefinition, 'name' | 'kind' | 'from' | 'ordering'>;

/**
 * Gives a dead event up: its entity goes on as if it had been handled, and it stays known as skipped, so that no copy of
 * it that is still on its way is handled. One that comes behind others of its entity can be skipped when those are done
 * with.
 */
export async function skip(tx: InboxTransaction, consumer: OperatedConsumer, id: bigint): Promise<OperationOutcome> {
  const { name } = consumer;
  const found = await underLock(tx, name, id);
  if (found === undefined) return refused('gone', undefined);
  const { parked, entities } = found;
  if (parked.reason !== 'dead') return refused('not-failed', parked);
  const { key, version, eventId } = parked;
  const place = decideSkip(consumer, entities.get(key), parked);
  if (place === 'behind') return refused('has-predecessors', parked);
  if (!(await tx.updateParked(id, { claimMs: 0 }))) return refused('in-work', parked);
  await tx.unpark([id]);
  if (place === 'next') entities.apply(key, { version, id: eventId });
  if (place === 'hole') entities.fillHole(key, version);
  await tx.saveEntities(name, entities.changed());
  const envelope = envelopeOf(parked);
  if (envelope !== undefined) {
    await tx.recordSkipped(name, [{ envelope, origin: parked.origin, reason: 'operator' }]);
    await keepFromComingAgain(tx, name, parked, envelope);
  }
  await tx.hasten(name, [key]);
  await tx.keepHeadDue(name, key);
  return { done: 'yes', parked };
}

/**
 * Where a dead event stands in its entity's order, for whoever gives it up.
 * - `next`: its version is the next one, and is passed with it. `hole`: it was gone on without.
 * - `beside`: its version is another's, or says nothing. `behind`: others come first.
 */
export function decideSkip(
  { kind, from, ordering }: OperatedConsumer,
  { applied, holes, queue }: EntityState,
  { version, eventId, key }: Pick<ParkedEvent, 'version' | 'eventId' | 'key'>,
): 'next' | 'hole' | 'beside' | 'behind' {
  if (ordering.by === 'none' || key.aggregateId === '') return 'beside';
  if (version <= applied) return containsVersion(holes, version) ? 'hole' : 'beside';
  if (queue.some((queued) => queued.version === version && queued.id !== eventId)) return 'beside';
  if (version === applied + 1) return 'next';
  const isBaseline =
    kind === 'reaction' && from === 'now' && applied === 0 && !queue.some((queued) => queued.version < version);
  return isBaseline ? 'next' : 'behind';
}

/** Copies of it may be on their way, delivered again or fetched, and some are told by their id alone. */
async function keepFromComingAgain(tx: InboxTransaction, consumer: string, parked: ParkedEvent, envelope: Envelope) {
  // Another rendition of the same fact may have been handled, under the same id.
  if ((await tx.handledIds(consumer, [envelope.id])).has(envelope.id)) return;
  const { origin, parkedAt: receivedAt, attempts } = parked;
  await tx.recordHandled(consumer, [{ envelope, origin, arrival: 'skipped', receivedAt, workMs: 0, attempts }]);
}

/**
 * Goes on from a dead event before which versions are missing that nobody has any more. They become holes: one that
 * comes after all is handled late by a reaction.
 */
export async function passGap(tx: InboxTransaction, consumer: string, id: bigint): Promise<OperationOutcome> {
  const found = await underLock(tx, consumer, id);
  if (found === undefined) return refused('gone', undefined);
  const { parked, entities } = found;
  if (parked.reason !== 'dead') return refused('not-failed', parked);
  const { key, version } = parked;
  const { applied, queue } = entities.get(key);
  if (queue.some((queued) => queued.version < version)) return refused('has-predecessors', parked);
  if (version <= applied + 1) return refused('no-gap', parked);
  const changed = await tx.updateParked(id, { reason: 'retry', dueInMs: 0, attempts: 0, claimMs: 0 });
  if (!changed) return refused('in-work', parked);
  entities.passOver(key, version - 1);
  await tx.saveEntities(consumer, entities.changed());
  return { done: 'yes', parked };
}

/** The entry as it is once its entity is locked: nobody else works on its queue until this transaction ends. */
async function underLock(tx: InboxTransaction, consumer: string, id: bigint) {
  const seen = await tx.parkedById(id);
  if (seen === undefined) return undefined;
  const entities = new WorkingEntities([seen.key], await tx.lockEntities(consumer, [seen.key], [seen]));
  const parked = await tx.parkedById(id);
  return parked === undefined ? undefined : { parked, entities };
}

function envelopeOf({ record }: ParkedEvent) {
  try {
    return envelopeFromHeaders(record.headers, record.key);
  } catch {
    return undefined;
  }
}

function refused(why: Refusal, parked: ParkedEvent | undefined): OperationOutcome {
  return { done: 'no', why, parked };
}
