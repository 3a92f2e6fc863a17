import type { EventId } from '@waybill/contracts';
import { type EntityKey, entityKeyText, type SavedEntity } from './inbox-store.ts';
import type { EntityState, QueuedEvent } from './ordering.ts';
import { addRange, removeVersion, type VersionRange } from './version-ranges.ts';

/** An entity's state while a transaction works on it; {@link WorkingEntities.changed} is what must be saved. */
export interface WorkingEntity extends EntityState {
  readonly key: EntityKey;
  /** `applied` when the transaction began. */
  readonly appliedBefore: number;
}

interface Draft extends WorkingEntity {
  applied: number;
  lastId: EventId | undefined;
  holes: readonly VersionRange[];
  queue: readonly QueuedEvent[];
  changed: boolean;
}

/** The entities of one transaction, as they become while its events are applied one after another. */
export class WorkingEntities {
  readonly #drafts = new Map<string, Draft>();

  constructor(keys: readonly EntityKey[], states: ReadonlyMap<string, EntityState>) {
    for (const key of keys) {
      const text = entityKeyText(key);
      const state = states.get(text);
      if (state === undefined) throw new Error('the store locked fewer entities than it was asked to');
      this.#drafts.set(text, { ...state, key, appliedBefore: state.applied, changed: false });
    }
  }

  get(key: EntityKey): WorkingEntity {
    return this.#draft(key);
  }

  /** Advances to a version that was handled, or that has no handler. A baseline takes what came before as seen. */
  apply(key: EntityKey, event: QueuedEvent): void {
    const draft = this.#draft(key);
    draft.applied = event.version;
    draft.lastId = event.id;
    draft.queue = draft.queue.filter((queued) => queued.version !== event.version);
    draft.changed = true;
  }

  /** Closes the hole that a late event filled. */
  fillHole(key: EntityKey, version: number): void {
    const draft = this.#draft(key);
    draft.holes = removeVersion(draft.holes, version);
    draft.changed = true;
  }

  /** Goes on without a version; it becomes a hole. */
  passOver(key: EntityKey, version: number): void {
    this.reconcile(key, version);
  }

  /** Sets the version from a snapshot; the versions that it stands in for become holes. */
  reconcile(key: EntityKey, version: number): void {
    const draft = this.#draft(key);
    draft.holes = addRange(draft.holes, { from: draft.applied + 1, to: version });
    draft.applied = version;
    draft.lastId = undefined;
    draft.changed = true;
  }

  enqueue(key: EntityKey, event: QueuedEvent): void {
    const draft = this.#draft(key);
    draft.queue = [...draft.queue, event].toSorted((a, b) => a.version - b.version);
  }

  /** What is to be saved. */
  changed(): readonly SavedEntity[] {
    return [...this.#drafts.values()].filter((draft) => draft.changed);
  }

  /** Entities whose queue can go on: its head is next, or was overtaken. */
  drainable(): readonly EntityKey[] {
    return [...this.#drafts.values()].filter((draft) => draft.changed && isDrainable(draft)).map((draft) => draft.key);
  }

  /** Entities that came to be in this transaction. */
  appeared(): readonly EntityKey[] {
    return [...this.#drafts.values()]
      .filter((draft) => draft.appliedBefore === 0 && draft.applied > 0)
      .map((draft) => draft.key);
  }

  #draft(key: EntityKey): Draft {
    const draft = this.#drafts.get(entityKeyText(key));
    if (draft === undefined) throw new Error('an event of an entity that was not locked');
    return draft;
  }
}

function isDrainable(state: EntityState): boolean {
  const head = state.queue[0];
  return head !== undefined && head.version <= state.applied + 1;
}
