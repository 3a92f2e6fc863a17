import type { EventId } from '@waybill/contracts';
import type { ConsumerDefinition } from '../consuming/consumer.ts';
import { type EntityKey, entityKeyText } from '../consuming/inbox-store.ts';
import type { EntityState, QueuedEvent } from '../consuming/ordering.ts';
import { containsVersion } from '../consuming/version-ranges.ts';

/** A published event that may be given to a consumer again, and what that consumer knows of it. */
export interface ReplayedEvent {
  readonly key: EntityKey;
  readonly id: EventId;
  readonly version: number;
  /** Whether the consumer has a handler for it, or only counts its version. */
  readonly effect: 'handler' | 'version-only';
  /** Whether its id is among those that the consumer has handled and remembers. */
  readonly handledById: boolean;
  /** Whether it is parked already, for whatever reason. */
  readonly parked: boolean;
  /** Whether it is so old that its id may have been forgotten, so that its absence tells nothing. */
  readonly olderThanInbox: boolean;
}

/**
 * What becomes of a published event in a replay.
 * - `deliver`: it has had no effect at this consumer. With a `baseline`, its entity is taken as seen up to that version,
 *   as a consumer that begins with now takes the first version that it sees.
 * - `pass-over`: it has had its effect (`handled`), its effect is not wanted, since what came later stands in for it
 *   (`covered`), it is parked already, nobody can tell any more (`forgotten`), or its version is taken by another event,
 *   which a person must look at (`forked`).
 */
export type ReplayDecision =
  | { readonly action: 'deliver'; readonly baseline: number | undefined }
  | { readonly action: 'pass-over'; readonly why: PassedOver };

export type PassedOver = 'handled' | 'covered' | 'parked' | 'forgotten' | 'forked';

/** As far as a replay depends on who is given the events. */
export type ReplayedTo = Pick<ConsumerDefinition, 'kind' | 'from' | 'ordering'>;

/**
 * Decides whether an event is given to a consumer again. Only for one that the consumer's position is past: any other
 * comes by itself. What this delivers is decided once more when the queue of its entity comes to it, so that what was
 * delivered for no reason has no effect. Whoever decides for good holds the entity's lock.
 */
export function decideReplay(to: ReplayedTo, entity: EntityState, event: ReplayedEvent): ReplayDecision {
  if (event.handledById) return passOver('handled');
  if (event.parked) return passOver('parked');
  if (to.ordering.by === 'none') return onlyIf(event.effect === 'handler', event.olderThanInbox);
  return event.version > entity.applied ? decideAhead(to, entity, event) : decideBehind(to, entity, event);
}

/** Above what was applied, and yet before the position: it was jumped over, or lies before where the consumer began. */
function decideAhead(
  { kind, from }: ReplayedTo,
  { applied, queue }: EntityState,
  event: ReplayedEvent,
): ReplayDecision {
  const { id, version, effect } = event;
  const twin = queue.find((queued) => queued.version === version);
  if (twin !== undefined) return passOver(twin.id === id ? 'parked' : 'forked');
  const isUnknown = applied === 0 && queue.length === 0;
  if (kind === 'reaction' && from === 'now' && isUnknown) {
    // Nobody asks for what lies before it; it follows the entity from there.
    if (effect === 'version-only') return passOver('covered');
    return { action: 'deliver', baseline: version > 1 ? version - 1 : undefined };
  }
  return { action: 'deliver', baseline: undefined };
}

/** At or below what was applied: versions do not tell what was handled from what was taken as seen; the inbox does. */
function decideBehind(
  { kind }: ReplayedTo,
  { applied, lastId, holes }: EntityState,
  event: ReplayedEvent,
): ReplayDecision {
  const { id, version, effect, olderThanInbox } = event;
  if (kind === 'projection' || effect === 'version-only') return passOver('covered');
  if (containsVersion(holes, version)) return { action: 'deliver', baseline: undefined };
  if (version === applied && lastId !== undefined && lastId !== id) return passOver('forked');
  return onlyIf(true, olderThanInbox);
}

function onlyIf(hasEffect: boolean, olderThanInbox: boolean): ReplayDecision {
  if (!hasEffect) return passOver('covered');
  return olderThanInbox ? passOver('forgotten') : { action: 'deliver', baseline: undefined };
}

function passOver(why: PassedOver): ReplayDecision {
  return { action: 'pass-over', why };
}

/** What a run of events adds up to, and where the entities stand then. */
export interface ReplayPlan<TEvent extends ReplayedEvent> {
  /** In the order given, which is that of their partition. */
  readonly deliver: readonly TEvent[];
  /** Entities that are taken as seen up to a version. */
  readonly baselines: readonly { readonly key: EntityKey; readonly applied: number }[];
  readonly passedOver: number;
}

/** Decides about events one after another, each with what was decided before it. */
export function planReplay<TEvent extends ReplayedEvent>(
  to: ReplayedTo,
  entities: ReadonlyMap<string, EntityState>,
  events: readonly TEvent[],
): ReplayPlan<TEvent> {
  const states = new Map(entities);
  const deliver: TEvent[] = [];
  const baselines: { key: EntityKey; applied: number }[] = [];
  const planned = new Set<EventId>();
  for (const event of events) {
    const text = entityKeyText(event.key);
    const state = states.get(text) ?? unknownEntity;
    const decision = decideReplay(to, state, { ...event, parked: event.parked || planned.has(event.id) });
    if (decision.action === 'pass-over') continue;
    deliver.push(event);
    planned.add(event.id);
    const applied = decision.baseline ?? state.applied;
    if (decision.baseline !== undefined) baselines.push({ key: event.key, applied });
    states.set(text, { ...state, applied, queue: enqueued(state.queue, event) });
  }
  return { deliver, baselines, passedOver: events.length - deliver.length };
}

const unknownEntity: EntityState = { applied: 0, lastId: undefined, holes: [], queue: [] };

function enqueued(queue: readonly QueuedEvent[], { version, id }: QueuedEvent): readonly QueuedEvent[] {
  return [...queue, { version, id }].toSorted((a, b) => a.version - b.version);
}
