import type { Logger } from '../logger.ts';
import type { Clock } from '../clock.ts';
import type { Cursor } from './cursor.ts';
import { type HeldBook } from './held-book.ts';
import type { HeldKey, LeaseView, RelaySession } from './relay-store.ts';
import { shareOut } from './shares.ts';

/** A shard while this relay has it. A new claim makes a new object, so identity tells whether it is still the same. */
export interface OwnedShard {
  readonly shard: number;
  readonly epoch: number;
  /** How far it was read, which may be ahead of what is acknowledged. */
  read: Cursor;
  /** The relay's own clock; past it nothing may be sent until the lease was renewed. */
  validUntil: number;
}

/** The shards that a relay holds through one session, and their leases. */
export class RelayShards {
  readonly #owned = new Map<number, OwnedShard>();
  readonly #surplus = new Set<number>();
  readonly #session: RelaySession;
  readonly #relay: string;
  readonly #leaseMs: number;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #held: HeldBook;
  releases: readonly HeldKey[] = [];
  lastPosition = 0;

  constructor(
    session: RelaySession,
    held: HeldBook,
    options: { relay: string; leaseMs: number; clock: Clock; log: Logger },
  ) {
    this.#session = session;
    this.#held = held;
    this.#relay = options.relay;
    this.#leaseMs = options.leaseMs;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  get numbers(): readonly number[] {
    return [...this.#owned.keys()].toSorted((a, b) => a - b);
  }

  /** Those to be read: not the ones that are about to be given up. */
  get readable(): readonly OwnedShard[] {
    return [...this.#owned.values()].filter(({ shard }) => !this.#surplus.has(shard));
  }

  get surplus(): readonly OwnedShard[] {
    return [...this.#surplus].flatMap((shard) => this.#owned.get(shard) ?? []);
  }

  get all(): readonly OwnedShard[] {
    return [...this.#owned.values()];
  }

  holds(owned: OwnedShard): boolean {
    return this.#owned.get(owned.shard) === owned;
  }

  get(shard: number): OwnedShard | undefined {
    return this.#owned.get(shard);
  }

  /** Whether something may be sent for the shard now. */
  mayPublish(owned: OwnedShard): boolean {
    return this.holds(owned) && this.#clock.monotonic() < owned.validUntil;
  }

  /** One round of leasing: renews, notices what was lost, claims what is free up to the share. */
  async round(): Promise<void> {
    const asked = this.all;
    const before = this.#clock.monotonic();
    const view = await this.#session.lease(
      this.#relay,
      asked.map(({ shard, epoch }) => ({ shard, epoch })),
      this.#leaseMs,
    );
    const renewed = new Set(view.renewed);
    for (const owned of asked) {
      if (renewed.has(owned.shard)) owned.validUntil = before + this.#leaseMs;
      else this.lose(owned, 'its lease was taken over');
    }
    this.releases = view.releases;
    this.lastPosition = view.lastPosition;
    await this.#balance(view, renewed);
  }

  /** Gives shards up in good order, after their cursors were saved. */
  async release(shards: readonly OwnedShard[]): Promise<void> {
    const mine = shards.filter((owned) => this.holds(owned));
    if (mine.length === 0) return;
    for (const { shard } of mine) this.#forget(shard);
    await this.#session.release(this.#relay, mine);
    this.#log.debug({ shards: mine.map(({ shard }) => shard) }, 'shards given up');
  }

  /** Stops publishing a shard at once. */
  lose(owned: OwnedShard, why: string): void {
    if (!this.holds(owned)) return;
    this.#forget(owned.shard);
    this.#log.warn({ shard: owned.shard, epoch: owned.epoch, why }, 'a shard was lost');
  }

  async #balance(view: LeaseView, renewed: ReadonlySet<number>): Promise<void> {
    const leases = view.leases.map(({ shard, owner }) => {
      if (renewed.has(shard)) return { shard, owner: this.#relay };
      // Leased under our name but an older epoch: an earlier session's, free for us to claim.
      return { shard, owner: owner === this.#relay ? undefined : owner };
    });
    const paused = new Set(view.paused);
    // What is paused is nobody's, so the rest is shared out without it.
    const unpaused = leases.filter(({ shard }) => !paused.has(shard));
    const { claim, release } = shareOut(this.#relay, view.alive, unpaused);
    this.#surplus.clear();
    for (const shard of release) this.#surplus.add(shard);
    for (const shard of this.#owned.keys()) if (paused.has(shard)) this.#surplus.add(shard);
    if (claim.length === 0) return;
    const before = this.#clock.monotonic();
    const claimed = await this.#session.claim(this.#relay, claim, this.#leaseMs);
    if (claimed.length === 0) return;
    this.#held.add(await this.#session.held(claimed.map(({ shard }) => shard)));
    for (const { shard, epoch, cursor } of claimed) {
      this.#owned.set(shard, { shard, epoch, read: cursor, validUntil: before + this.#leaseMs });
    }
    this.#log.info({ shards: claimed.map(({ shard }) => shard) }, 'shards taken');
  }

  #forget(shard: number): void {
    this.#owned.delete(shard);
    this.#surplus.delete(shard);
    this.#held.forget(shard);
  }
}
