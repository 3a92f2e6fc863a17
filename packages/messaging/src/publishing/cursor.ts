import type { OutboxRow } from './outbox-row.ts';
import type { TransactionSnapshot } from './transaction-snapshot.ts';

/**
 * How far a shard has been read. All that was visible in `prev` is done. With a `backlog`, the delta from `prev` to
 * its target was too large for one batch and is done up to `position`; the three are saved as one, never apart.
 */
export interface Cursor {
  readonly prev: TransactionSnapshot;
  readonly backlog: Backlog | undefined;
}

export interface Backlog {
  readonly target: TransactionSnapshot;
  readonly position: number;
}

export interface ShardCursor {
  readonly shard: number;
  readonly cursor: Cursor;
}

/** Shards whose cursors are equal, and which are therefore read together. */
export interface CursorGroup {
  readonly shards: readonly number[];
  readonly cursor: Cursor;
}

/** Groups by the text of the cursor, in the order of the lowest shard. */
export function groupByCursor(shards: Iterable<ShardCursor>): readonly CursorGroup[] {
  const groups = new Map<string, { shards: number[]; cursor: Cursor }>();
  for (const { shard, cursor } of [...shards].toSorted((a, b) => a.shard - b.shard)) {
    const text = textOf(cursor);
    const group = groups.get(text);
    if (group) group.shards.push(shard);
    else groups.set(text, { shards: [shard], cursor });
  }
  return [...groups.values()];
}

export function textOf(cursor: Cursor): string {
  return cursor.backlog ? `${cursor.prev}|${cursor.backlog.target}|${cursor.backlog.position}` : cursor.prev;
}

/**
 * The cursor once a poll's rows are dealt with. More than `limit` rows are an arbitrary part of the delta: they are
 * thrown away (`overflow`), and the delta is to be read in chunks against this poll's snapshot.
 */
export function afterPoll(
  poll: { readonly snapshot: TransactionSnapshot; readonly rows: readonly OutboxRow[] },
  limit: number,
):
  | { readonly outcome: 'whole'; readonly cursor: Cursor }
  | { readonly outcome: 'overflow'; readonly target: TransactionSnapshot } {
  if (poll.rows.length > limit) return { outcome: 'overflow', target: poll.snapshot };
  return { outcome: 'whole', cursor: { prev: poll.snapshot, backlog: undefined } };
}

/** The cursor at the start of a backlog: below its lowest position, since rows of it may lie below any earlier one. */
export function startBacklog(prev: TransactionSnapshot, target: TransactionSnapshot, lowest: number): Cursor {
  return { prev, backlog: { target, position: lowest - 1 } };
}

/**
 * The cursor once a chunk's rows are dealt with. A short chunk ends the delta, and `prev` becomes its target: not a
 * newer snapshot, which would pass over what became visible since.
 */
export function afterChunk(
  cursor: Cursor & { readonly backlog: Backlog },
  rows: readonly OutboxRow[],
  limit: number,
): Cursor {
  const last = rows.at(-1);
  if (rows.length < limit || last === undefined) return { prev: cursor.backlog.target, backlog: undefined };
  return { prev: cursor.prev, backlog: { target: cursor.backlog.target, position: last.position } };
}
