import type { EventId } from '@waybill/contracts';
import type { ConsumerKind } from './consumer.ts';
import { containsVersion, type VersionRange } from './version-ranges.ts';

/** What a consumer knows of an entity: how far it got, what it passed over, and what waits. */
export interface EntityState {
  /** The highest version applied; 0 when none is. */
  readonly applied: number;
  /** The id of the event that brought `applied`; undefined after a snapshot or a baseline. */
  readonly lastId: EventId | undefined;
  /** Versions at or below `applied` that were passed over without being handled. */
  readonly holes: readonly VersionRange[];
  /** What is parked for the entity, lowest version first: its head, and what stands at the versions that arrive. */
  readonly queue: readonly QueuedEvent[];
}

export interface QueuedEvent {
  readonly version: number;
  readonly id: EventId;
}

/**
 * What to do with an event that arrived.
 * - `apply`: it is next. `baseline` says that the entity's history before it is taken as seen.
 * - `apply-late`: it fills a hole of a reaction; handle it unless its id was handled before, and leave `applied` alone.
 * - `skip`: it has no effect, for the reason given.
 * - `park`: it waits: for its predecessor (`gap`) or for those of its entity that are parked before it (`behind`).
 * - `fork`: its version is taken by another event; it is dead at once, for a person to look at.
 */
export type OrderingDecision =
  | { readonly action: 'apply'; readonly baseline: boolean }
  | { readonly action: 'apply-late' }
  | { readonly action: 'skip'; readonly reason: SkipReason }
  | { readonly action: 'park'; readonly reason: 'gap' | 'behind' }
  | { readonly action: 'fork' };

/** Why a delivery had no effect. `covered`: a snapshot at or above its version stands in for it. */
export type SkipReason = 'duplicate' | 'covered';

/**
 * Decides by version what to do with an event of an entity. Pure; whoever calls it holds the entity's lock.
 *
 * @param baselineAllowed whether the first version seen of an unknown entity may be any, as for a reaction from `now`.
 */
export function decideOrder(
  kind: ConsumerKind,
  state: EntityState,
  event: QueuedEvent,
  baselineAllowed: boolean,
): OrderingDecision {
  if (event.version <= state.applied) return decideSeen(kind, state, event);

  const twin = state.queue.find((queued) => queued.version === event.version);
  if (twin !== undefined) return twin.id === event.id ? { action: 'skip', reason: 'duplicate' } : { action: 'fork' };

  if (event.version === state.applied + 1) return { action: 'apply', baseline: false };
  const head = state.queue[0];
  if (head !== undefined && head.version < event.version) return { action: 'park', reason: 'behind' };
  const unknown = state.applied === 0 && head === undefined;
  if (unknown && baselineAllowed) return { action: 'apply', baseline: true };
  return { action: 'park', reason: 'gap' };
}

function decideSeen(kind: ConsumerKind, state: EntityState, event: QueuedEvent): OrderingDecision {
  if (containsVersion(state.holes, event.version)) {
    return kind === 'reaction' ? { action: 'apply-late' } : { action: 'skip', reason: 'covered' };
  }
  const isFork = event.version === state.applied && state.lastId !== undefined && state.lastId !== event.id;
  return isFork ? { action: 'fork' } : { action: 'skip', reason: 'duplicate' };
}

/**
 * What becomes of a snapshot that came by the log: one that is not ahead is passed over, one that closes the gap at
 * which the entity waits is applied. Any other is ahead of events that may still come, or may never: it waits for as
 * long as a gap does, and is then applied if it is still ahead.
 */
export function decideSnapshot(state: EntityState, version: number): 'pass-over' | 'apply' | 'wait' {
  if (version <= state.applied) return 'pass-over';
  const head = state.queue[0];
  const closesGap = head !== undefined && head.version > state.applied + 1 && version >= head.version - 1;
  return closesGap ? 'apply' : 'wait';
}

/** What becomes of the head of an entity's queue when it is looked at again. */
export type HeadDecision = 'apply' | 'gap' | 'seen';

/** Tells whether the head of a queue is next, waits for a predecessor, or was overtaken by what was applied since. */
export function decideHead(applied: number, version: number): HeadDecision {
  if (version <= applied) return 'seen';
  return version === applied + 1 ? 'apply' : 'gap';
}
