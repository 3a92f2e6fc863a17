import { batchSize } from './batch-size.ts';
import { afterChunk, afterPoll, type Cursor, type CursorGroup, groupByCursor, startBacklog } from './cursor.ts';
import { deltaOf } from './delta.ts';
import type { OutboxRow } from './outbox-row.ts';
import { ClusterChangedError, StandbyError } from './publishing-errors.ts';
import type { RelayCounters } from './relay-status.ts';
import type { OwnedShard } from './relay-shards.ts';
import type { RelaySession } from './relay-store.ts';
import { canFollow } from './transaction-snapshot.ts';

/** Rows to publish, and where their shards' cursors stand once that is done. */
export interface Batch {
  readonly rows: readonly OutboxRow[];
  readonly moves: readonly { readonly owned: OwnedShard; readonly cursor: Cursor }[];
  /** The delta is larger than this batch, so that the next read should follow at once. */
  readonly more: boolean;
}

/** Reads on from where the shards' cursors stand; keeps no position of its own. */
export class RelayReader {
  readonly #session: RelaySession;
  readonly #most: number;
  readonly #counters: RelayCounters;
  #averageBytes = 0;

  constructor(session: RelaySession, most: number, counters: RelayCounters) {
    this.#session = session;
    this.#most = most;
    this.#counters = counters;
  }

  /** Polls what is up to date, reads a chunk of what is not, and moves the shards' read cursors. */
  async read(shards: readonly OwnedShard[]): Promise<Batch> {
    const byNumber = new Map(shards.map((owned) => [owned.shard, owned]));
    const groups = groupByCursor(shards.map((owned) => ({ shard: owned.shard, cursor: owned.read })));
    const limit = batchSize(this.#averageBytes, this.#most);
    const rows: OutboxRow[] = [];
    const moves: { owned: OwnedShard; cursor: Cursor }[] = [];
    const move = (group: CursorGroup, cursor: Cursor): void => {
      for (const shard of group.shards) {
        const owned = byNumber.get(shard);
        if (owned) moves.push({ owned, cursor });
      }
    };
    let more = false;
    for (const { group, answer } of await this.#poll(
      groups.filter((each) => !each.cursor.backlog),
      limit,
    )) {
      const after = afterPoll(answer, limit);
      if (after.outcome === 'whole') {
        for (const row of answer.rows) rows.push(row);
        move(group, after.cursor);
      } else {
        const lowest = await this.#session.lowest(deltaOf(group.cursor));
        // An overflowing delta has a lowest row; were it gone, beginning at the first position would lose nothing.
        move(group, startBacklog(group.cursor.prev, after.target, lowest ?? 1));
        more = true;
      }
    }
    for (const group of groups) {
      const { prev, backlog } = group.cursor;
      if (!backlog) continue;
      const chunk = await this.#session.chunk(deltaOf({ prev, backlog }), group.shards, limit);
      for (const row of chunk) rows.push(row);
      move(group, afterChunk({ prev, backlog }, chunk, limit));
      more = true;
    }
    for (const { owned, cursor } of moves) owned.read = cursor;
    this.#measure(rows);
    return { rows, moves, more };
  }

  async #poll(groups: readonly CursorGroup[], limit: number) {
    if (groups.length === 0) return [];
    this.#counters.polls += 1;
    const answers = await this.#session.poll(
      groups.map(({ cursor, shards }) => ({ delta: deltaOf(cursor), shards })),
      limit,
    );
    return groups.flatMap((group, index) => {
      const answer = answers[index];
      if (!answer) return [];
      if (answer.standby) throw new StandbyError();
      if (!canFollow(group.cursor.prev, answer.snapshot)) {
        throw new ClusterChangedError(`The cursor ${group.cursor.prev} is ahead of the database at ${answer.snapshot}`);
      }
      return [{ group, answer }];
    });
  }

  #measure(rows: readonly OutboxRow[]): void {
    if (rows.length === 0) return;
    let bytes = 0;
    for (const row of rows) bytes += row.payload.length;
    this.#averageBytes = bytes / rows.length;
  }
}
