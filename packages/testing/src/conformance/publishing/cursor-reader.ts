import {
  afterChunk,
  afterPoll,
  type Cursor,
  deltaOf,
  type OutboxRow,
  type RelaySession,
  startBacklog,
} from '@waybill/messaging';
import { allShards, poll } from './arranging.ts';

/** Reads as the relay does, with the relay's own decisions, one step at a time, and keeps what it was given. */
export class CursorReader {
  readonly rows: OutboxRow[] = [];
  readonly #session: RelaySession;
  #cursor: Cursor;
  #saved: Cursor;

  constructor(session: RelaySession, from: Cursor) {
    this.#session = session;
    this.#cursor = from;
    this.#saved = from;
  }

  /** Polls, or reads the next chunk of a backlog. Answers whether there is more to be read at once. */
  async step(limit: number): Promise<'more' | 'up to date'> {
    const { prev, backlog } = this.#cursor;
    if (backlog) {
      const rows = await this.#session.chunk(deltaOf({ prev, backlog }), allShards, limit);
      this.rows.push(...rows);
      this.#cursor = afterChunk({ prev, backlog }, rows, limit);
      return 'more';
    }
    const answer = await poll(this.#session, prev, { limit });
    const after = afterPoll(answer, limit);
    if (after.outcome === 'whole') {
      this.rows.push(...answer.rows);
      this.#cursor = after.cursor;
      return answer.rows.length > 0 ? 'more' : 'up to date';
    }
    const lowest = await this.#session.lowest(deltaOf(this.#cursor));
    if (lowest === undefined) throw new Error('a delta that overflows has no lowest position');
    this.#cursor = startBacklog(prev, after.target, lowest);
    return 'more';
  }

  async toTheEnd(limit: number): Promise<void> {
    while ((await this.step(limit)) === 'more');
  }

  save(): void {
    this.#saved = this.#cursor;
  }

  /** What was read since the last save is read again. */
  crash(): void {
    this.#cursor = this.#saved;
  }

  /** The versions of each aggregate in the order of their first arrival. */
  firstArrivals(): Record<string, readonly number[]> {
    const byId = Map.groupBy(this.rows, ({ aggregateId }) => aggregateId);
    const versions = [...byId].map(
      ([id, rows]) => [id, [...new Set(rows.map((row) => row.aggregateVersion))]] as const,
    );
    return Object.fromEntries(versions);
  }
}
