import type { Publisher } from '../log.ts';
import type { Logger } from '../logger.ts';
import type { Clock } from '../clock.ts';
import { CursorSaver } from './cursor-saver.ts';
import { deltaOf } from './delta.ts';
import { HeldBook } from './held-book.ts';
import { BREATHER_MS, idleDelay, paceAfter } from './pacing.ts';
import { RelayDelivery } from './relay-delivery.ts';
import { type Batch, RelayReader } from './relay-reader.ts';
import { RelayShards } from './relay-shards.ts';
import type { RelayCounters } from './relay-status.ts';
import { describe, type RelayTrouble } from './relay-trouble.ts';
import type { RelaySession } from './relay-store.ts';
import { shardOf } from './slot.ts';
import { WakeSignal } from '../wake-signal.ts';

const MAINTAIN_MS = 60_000;

export interface RunParts {
  readonly session: RelaySession;
  readonly publisher: Publisher;
  readonly relay: string;
  readonly leaseMs: number;
  readonly batchRows: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: RelayCounters;
  readonly trouble: RelayTrouble;
  /** Cuts a wait for work short. */
  readonly work: WakeSignal;
  /** Cuts the breather between two batches short: somebody in this process committed. */
  readonly called: WakeSignal;
}

/**
 * The relay's work through one session, from its first lease to the session's end. All that it knows dies with it:
 * after a reconnect the cursors come from the database again, since a cursor in memory may be ahead of a server that
 * crashed.
 */
export class RelayRun {
  readonly #parts: RunParts;
  readonly #held = new HeldBook();
  readonly #shards: RelayShards;
  readonly #saver: CursorSaver;
  readonly #reader: RelayReader;
  readonly #delivery: RelayDelivery;
  readonly #leaseRound: WakeSignal;
  readonly #abandon = new AbortController();
  #stopping = false;
  #failure: Error | undefined;
  #emptyLooks = 0;
  #oldestMs: number | undefined;
  #backlogFrom: number | undefined;

  constructor(parts: RunParts) {
    const { session, clock, counters } = parts;
    this.#parts = parts;
    this.#leaseRound = new WakeSignal(clock);
    this.#shards = new RelayShards(session, this.#held, parts);
    this.#saver = new CursorSaver(session, this.#shards, this.#held, clock, counters);
    this.#reader = new RelayReader(session, parts.batchRows, counters);
    this.#delivery = new RelayDelivery({
      ...parts,
      shards: this.#shards,
      held: this.#held,
      abandon: this.#abandon.signal,
    });
  }

  get view(): { shards: readonly number[]; held: number; lagEvents: number; lagMs: number; listening: boolean } {
    return {
      shards: this.#shards.numbers,
      held: this.#held.size,
      lagEvents: this.#backlogFrom === undefined ? 0 : Math.max(0, this.#shards.lastPosition - this.#backlogFrom),
      lagMs: this.#oldestMs === undefined ? 0 : Math.max(0, this.#parts.clock.now() - this.#oldestMs),
      listening: this.#parts.session.listening,
    };
  }

  /** Runs until stopped, or until the session or the database fails: then it throws, with nothing left in flight. */
  async run(): Promise<void> {
    const background = [this.#leasing(), this.#maintaining()];
    try {
      await this.#publishing();
      await this.#saver.save('now');
      await this.#shards.release(this.#shards.all);
      await this.#parts.session.leave(this.#parts.relay);
    } finally {
      this.#stopping = true;
      this.#leaseRound.wake();
      this.#abandon.abort();
      await Promise.all(background);
    }
  }

  /** Finishes what is in flight, saves, and gives the shards up. */
  stop(): void {
    this.#stopping = true;
    this.#wakeAll();
  }

  /** Ends the run without finishing anything; what was not saved is published again by whoever comes next. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#abandon.abort();
    this.#wakeAll();
  }

  /** An operator asked for something, or a relay left. */
  lookAround(): void {
    this.#leaseRound.wake();
  }

  #wakeAll(): void {
    this.#parts.work.wake();
    this.#parts.called.wake();
    this.#leaseRound.wake();
  }

  async #publishing(): Promise<void> {
    let inFlight: Promise<void> = Promise.resolve();
    try {
      while (!this.#stopping) {
        if (this.#failure) throw this.#failure;
        if (this.#shards.surplus.length > 0 || this.#releasable()) {
          await inFlight;
          await this.#rearrange();
        }
        const shards = this.#shards.readable;
        if (shards.length === 0) {
          await inFlight;
          await this.#parts.work.wait(500);
          continue;
        }
        const batch = await this.#reader.read(shards);
        await inFlight;
        if (batch.rows.length > 0 || batch.more) {
          this.#emptyLooks = 0;
          inFlight = this.#finish(batch);
          // It is awaited in the next turn; until then its failure is nobody's unhandled rejection.
          inFlight.catch(() => undefined);
          if (paceAfter(batch, this.#parts.batchRows) === 'keep-up') {
            await inFlight;
            await this.#parts.called.wait(BREATHER_MS);
          }
        } else await this.#rest(batch);
      }
    } finally {
      await inFlight;
    }
  }

  async #rest(batch: Batch): Promise<void> {
    this.#oldestMs = undefined;
    this.#backlogFrom = undefined;
    this.#saver.done(batch.moves, false);
    await this.#saver.save('due');
    this.#emptyLooks += 1;
    const delay = idleDelay(this.#emptyLooks, this.#parts.session.listening);
    if ((await this.#parts.work.wait(Math.min(delay, Math.max(1, this.#saver.dueInMs)))) === 'woken')
      this.#emptyLooks = 0;
  }

  async #finish(batch: Batch): Promise<void> {
    this.#note(batch);
    if ((await this.#delivery.deliver(batch.rows)) === 'abandoned') {
      throw this.#failure ?? new Error('the relay was stopped with events in flight');
    }
    this.#saver.done(batch.moves, true);
    await this.#saver.save('due');
  }

  #note(batch: Batch): void {
    const first = batch.rows[0];
    if (first) this.#oldestMs = Date.parse(first.time);
    this.#backlogFrom = batch.moves.find(({ cursor }) => cursor.backlog)?.cursor.backlog?.position;
  }

  #releasable(): boolean {
    return this.#shards.releases.length > 0;
  }

  /** With nothing in flight: gives up surplus shards, and publishes what an operator released. */
  async #rearrange(): Promise<void> {
    const surplus = this.#shards.surplus;
    if (surplus.length > 0) {
      await this.#saver.save('now');
      await this.#shards.release(surplus);
    }
    const releases = this.#shards.releases;
    this.#shards.releases = [];
    for (const key of releases) {
      const held = this.#held.get(key);
      const owned = held && this.#shards.get(shardOf(held.slot));
      if (!held || !owned) continue;
      const rows = await this.#parts.session.heldRows(held, deltaOf(owned.read));
      this.#held.release(held);
      await this.#finish({ rows, moves: [{ owned, cursor: owned.read }], more: false });
      await this.#saver.save('now');
    }
  }

  async #leasing(): Promise<void> {
    const { leaseMs } = this.#parts;
    while (!this.#stopping && !this.#failure) {
      try {
        const shardsBefore = this.#shards.numbers.length;
        await this.#inTime(this.#shards.round(), leaseMs);
        // A database that lets one connect may still refuse the work.
        this.#parts.trouble.end('database');
        if (this.#shards.numbers.length !== shardsBefore || this.#releasable() || this.#shards.surplus.length > 0) {
          this.#parts.work.wake();
        }
      } catch (error) {
        this.fail(error instanceof Error ? error : new Error(describe(error).message));
        return;
      }
      await this.#leaseRound.wait(leaseMs / 3);
    }
  }

  async #maintaining(): Promise<void> {
    const { clock, session, log } = this.#parts;
    const end = this.#abandon.signal;
    while (!this.#stopping && !end.aborted) {
      await clock.sleep(MAINTAIN_MS, end);
      if (this.#stopping || end.aborted) return;
      await session
        .maintain()
        .catch((error: unknown) =>
          log.warn({ ...describe(error) }, 'partitions were not maintained; it is tried again in a minute'),
        );
    }
  }

  /** A peer that vanished without a word never answers: a lease round that takes a whole lease is a lost session. */
  async #inTime(work: Promise<void>, ms: number): Promise<void> {
    const end = new AbortController();
    const late = this.#parts.clock.sleep(ms, end.signal).then(() => {
      if (!end.signal.aborted) throw new Error(`the database did not answer for ${ms} ms`);
    });
    try {
      await Promise.race([work, late]);
    } finally {
      end.abort();
      work.catch(() => undefined);
      late.catch(() => undefined);
    }
  }
}
