import type { OutgoingRecord, Publisher, SendOutcome } from '../log.ts';
import { sendRuns } from './batch-size.ts';
import type { Clock } from '../clock.ts';
import type { HeldBook } from './held-book.ts';
import { recordOf } from './outbox-record.ts';
import type { OutboxRow } from './outbox-row.ts';
import { fullJitter } from './pacing.ts';
import type { OwnedShard, RelayShards } from './relay-shards.ts';
import type { RelayCounters } from './relay-status.ts';
import { describe, type RelayTrouble } from './relay-trouble.ts';
import { traceSent } from './send-span.ts';
import { shardOf } from './slot.ts';

/** Bytes of payload in one send, about. */
const SEND_BYTES = 4 * 1_024 * 1_024;
/** A retry never follows sooner, however the dice fall. */
const LEAST_PAUSE_MS = 10;
/** How often a lease that ran out is looked at again, while its renewal is under way. */
const LEASE_LOOK_MS = 50;

const NO_OUTCOME = { status: 'unavailable', code: 'no-outcome', message: 'the publisher gave no outcome' } as const;

interface Pending {
  readonly row: OutboxRow;
  readonly owned: OwnedShard;
  readonly record: OutgoingRecord;
}

/** Sends rows until each is acknowledged, held, or no longer ours to send. */
export class RelayDelivery {
  readonly #publisher: Publisher;
  readonly #shards: RelayShards;
  readonly #held: HeldBook;
  readonly #clock: Clock;
  readonly #counters: RelayCounters;
  readonly #trouble: RelayTrouble;
  /** Aborts when the relay gives up on what is in flight. */
  readonly #abandon: AbortSignal;

  constructor(parts: {
    publisher: Publisher;
    shards: RelayShards;
    held: HeldBook;
    clock: Clock;
    counters: RelayCounters;
    trouble: RelayTrouble;
    abandon: AbortSignal;
  }) {
    this.#publisher = parts.publisher;
    this.#shards = parts.shards;
    this.#held = parts.held;
    this.#clock = parts.clock;
    this.#counters = parts.counters;
    this.#trouble = parts.trouble;
    this.#abandon = parts.abandon;
  }

  /**
   * Resolves `settled` once every row was acknowledged or held, or belongs to a shard that was lost; `abandoned` when
   * the relay gave up, and nothing of these rows may then be saved.
   */
  async deliver(rows: readonly OutboxRow[]): Promise<'settled' | 'abandoned'> {
    for (const run of sendRuns(rows, SEND_BYTES)) {
      let pending = this.#admit(run);
      for (let attempt = 1; pending.length > 0; attempt += 1) {
        if (this.#abandon.aborted) return 'abandoned';
        pending = pending.filter(({ owned, row }) => this.#shards.holds(owned) && !this.#held.keepsBack(row));
        if (pending.length === 0) break;
        if (!pending.every(({ owned }) => this.#shards.mayPublish(owned))) {
          await this.#clock.sleep(LEASE_LOOK_MS, this.#abandon);
          continue;
        }
        const before = pending.length;
        const startedAt = new Date(this.#clock.now());
        pending = this.#judge(pending, await this.#send(pending), startedAt);
        if (pending.length === 0) break;
        if (pending.length < before) attempt = 1;
        this.#counters.retries += 1;
        await this.#clock.sleep(Math.max(LEAST_PAUSE_MS, fullJitter(attempt, this.#clock.random())), this.#abandon);
      }
    }
    return 'settled';
  }

  #admit(rows: readonly OutboxRow[]): readonly Pending[] {
    const pending: Pending[] = [];
    for (const row of rows) {
      const owned = this.#shards.get(shardOf(row.slot));
      if (owned && !this.#held.keepsBack(row)) pending.push({ row, owned, record: recordOf(row) });
    }
    return pending;
  }

  async #send(pending: readonly Pending[]): Promise<readonly SendOutcome[]> {
    try {
      return await this.#publisher.send(pending.map(({ record }) => record));
    } catch (error) {
      const outcome = { status: 'unavailable', ...describe(error) } as const;
      return pending.map(() => outcome);
    }
  }

  /** Answers what must be sent again. */
  #judge(pending: readonly Pending[], outcomes: readonly SendOutcome[], startedAt: Date): readonly Pending[] {
    const again: { readonly each: Pending; readonly code: string; readonly message: string }[] = [];
    for (const [index, each] of pending.entries()) {
      const outcome = outcomes[index] ?? NO_OUTCOME;
      switch (outcome.status) {
        case 'acknowledged':
          this.#counters.published += 1;
          traceSent(each.row, startedAt);
          break;
        case 'rejected':
          this.#counters.rejected += 1;
          // An earlier version of it may be held by this very send; the lowest one counts.
          if (!this.#held.keepsBack(each.row)) {
            this.#held.hold(each.row, { code: outcome.code, message: outcome.message });
          }
          break;
        case 'unavailable':
          again.push({ each, code: outcome.code, message: outcome.message });
          break;
      }
    }
    // What was kept back behind a rejected event is held now too, and is no trouble of the broker's.
    const waiting = again.filter(({ each }) => !this.#held.keepsBack(each.row));
    const problem = waiting[0];
    if (problem) this.#trouble.begin('broker', { code: problem.code, message: problem.message });
    else this.#trouble.end('broker');
    return waiting.map(({ each }) => each);
  }
}
