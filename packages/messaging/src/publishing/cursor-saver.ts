import type { Clock } from '../clock.ts';
import type { Cursor } from './cursor.ts';
import type { HeldBook } from './held-book.ts';
import type { RelayCounters } from './relay-status.ts';
import type { OwnedShard, RelayShards } from './relay-shards.ts';
import type { RelaySession } from './relay-store.ts';

/** At most four saves a second while events flow. */
const BUSY_MS = 250;
/** A cursor that only moved over others' transactions is saved less often: it saves work at the next start, no more. */
const IDLE_MS = 5_000;

/** Saves cursors whose rows are acknowledged, in order and throttled, with what is held; fenced by each shard's epoch. */
export class CursorSaver {
  readonly #session: RelaySession;
  readonly #shards: RelayShards;
  readonly #held: HeldBook;
  readonly #clock: Clock;
  readonly #counters: RelayCounters;
  readonly #moved = new Map<OwnedShard, Cursor>();
  #published = false;
  #last: number;

  constructor(session: RelaySession, shards: RelayShards, held: HeldBook, clock: Clock, counters: RelayCounters) {
    this.#session = session;
    this.#shards = shards;
    this.#held = held;
    this.#clock = clock;
    this.#counters = counters;
    this.#last = clock.monotonic();
  }

  /** Notes how far shards are done. Only after everything up to there was acknowledged or held. */
  done(moves: readonly { readonly owned: OwnedShard; readonly cursor: Cursor }[], published: boolean): void {
    for (const { owned, cursor } of moves) {
      if (this.#shards.holds(owned)) this.#moved.set(owned, cursor);
    }
    this.#published ||= published;
  }

  /** Milliseconds until a save is due; infinite when there is nothing to save. */
  get dueInMs(): number {
    if (this.#held.unsaved) return 0;
    if (this.#moved.size === 0) return Infinity;
    return Math.max(0, this.#last + (this.#published ? BUSY_MS : IDLE_MS) - this.#clock.monotonic());
  }

  /** Saves when it is due, or in any case when `now`. Shards whose epoch moved on are lost at once. */
  async save(when: 'due' | 'now'): Promise<void> {
    if (this.#moved.size === 0 && !this.#held.unsaved) return;
    if (when === 'due' && this.dueInMs > 0) return;
    // What is held must be saved with a cursor of its shard, or a fenced relay could record it.
    const moves = new Map(this.#shards.all.map((owned) => [owned, this.#moved.get(owned)]));
    const cursors = [...moves].flatMap(([owned, cursor]) =>
      cursor ? [{ shard: owned.shard, epoch: owned.epoch, cursor }] : [],
    );
    this.#moved.clear();
    this.#published = false;
    this.#last = this.#clock.monotonic();
    this.#counters.saves += 1;
    const saved = new Set(await this.#session.save(cursors, this.#held.takeUnsaved()));
    for (const { shard, epoch } of cursors) {
      const owned = this.#shards.get(shard);
      if (!saved.has(shard) && owned?.epoch === epoch) this.#shards.lose(owned, 'its cursor was fenced');
    }
  }
}
