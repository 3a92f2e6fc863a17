import {
  type BacklogDelta,
  type ClaimedShard,
  type Delta,
  type Held,
  type HeldChanges,
  type LeaseView,
  type OutboxRow,
  type PollAnswer,
  type RelaySession,
  type RelaySessionEvents,
  type SavedCursor,
} from '@waybill/messaging';
import type pg from 'pg';
import { CopiedRows, copiedColumns } from './copied-rows.ts';
import { copyOut } from './copy-query.ts';
import { CLAIM, HELD, LEASE, LEAVE, RELEASE, SAVE } from './lease-sql.ts';
import { type RawRow, rawTypes, rowOf } from './outbox-columns.ts';
import { attachPartitions, dropPartitions, type PartitionOptions } from './partitions.ts';
import { chunkSql, HELD_ROWS, LOWEST, POLL_SETTINGS, pollSql } from './poll-sql.ts';
import { requireFitDatabase } from './relay-checks.ts';

type ShardEpochs = readonly { readonly shard: number; readonly epoch: number }[];

/** How many columns of a poll come before the row's own. */
const POLL_PREFIX = 2;

/**
 * Two connections: `polls` plans generically once (planning would cost more than the poll), `others` plans a chunk
 * each time (a generic plan of it is ten times slower), and listens. When one dies the other is closed too.
 */
export class PostgresRelaySession implements RelaySession {
  readonly #polls: pg.Client;
  readonly #others: pg.Client;
  readonly #partitions: PartitionOptions;
  readonly #newClient: () => pg.Client;
  listening = false;
  #closed = false;

  private constructor(newClient: () => pg.Client, partitions: PartitionOptions) {
    this.#polls = newClient();
    this.#others = newClient();
    this.#newClient = newClient;
    this.#partitions = partitions;
  }

  static async open(
    newClient: () => pg.Client,
    events: RelaySessionEvents,
    partitions: PartitionOptions,
  ): Promise<PostgresRelaySession> {
    const session = new PostgresRelaySession(newClient, partitions);
    const polls = session.#polls;
    const others = session.#others;
    const lost = (error: Error): void => {
      if (session.#closed) return;
      void session.close();
      events.lost(error);
    };
    try {
      for (const client of [polls, others]) {
        client.on('error', lost);
        client.on('end', () => lost(new Error('the database closed the connection')));
        await client.connect();
        await client.query('SET jit = off');
      }
      await polls.query(POLL_SETTINGS);
      await requireFitDatabase(others);
      others.on('notification', ({ payload }) => events.notified(payload === 'release' ? 'release' : 'outbox'));
      await session.#listen();
      await attachPartitions(others, partitions);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  async lease(relay: string, shards: ShardEpochs, leaseMs: number): Promise<LeaseView> {
    const rows = await this.#ask(this.#others, 'lease', LEASE, [relay, leaseMs, ...columnsOf(shards)]);
    return JSON.parse(rows[0]?.[0] ?? '{}', (_, value: unknown) => value ?? undefined) as LeaseView;
  }

  async claim(relay: string, shards: readonly number[], leaseMs: number): Promise<readonly ClaimedShard[]> {
    const rows = await this.#ask(this.#others, 'claim', CLAIM, [relay, leaseMs, shards]);
    return rows.map(([shard, epoch, prev, target, position]) => ({
      shard: Number(shard),
      epoch: Number(epoch),
      cursor: { prev: prev ?? '', backlog: target ? { target, position: Number(position) } : undefined },
    }));
  }

  async release(relay: string, shards: ShardEpochs): Promise<void> {
    await this.#ask(this.#others, 'release', RELEASE, [relay, ...columnsOf(shards)]);
  }

  async leave(relay: string): Promise<void> {
    await this.#ask(this.#others, 'leave', LEAVE, [relay]);
  }

  async held(shards: readonly number[]): Promise<readonly Held[]> {
    const rows = await this.#ask(this.#others, 'held', HELD, [shards]);
    return rows.map(([kind, tenant, aggregateType, aggregateId, slot, fromVersion, position, code, message]) => ({
      kind: kind === 'snapshot' ? 'snapshot' : 'event',
      tenant: tenant ?? '',
      aggregateType: aggregateType ?? '',
      aggregateId: aggregateId ?? '',
      slot: Number(slot),
      fromVersion: Number(fromVersion),
      position: Number(position),
      code: code ?? '',
      message: message ?? '',
    }));
  }

  async poll(
    groups: readonly { readonly delta: Delta; readonly shards: readonly number[] }[],
    limit: number,
  ): Promise<readonly PollAnswer[]> {
    const sql = pollSql(limit);
    const ask = async ({ delta, shards }: { delta: Delta; shards: readonly number[] }): Promise<PollAnswer> =>
      toAnswer(await this.#ask(this.#polls, `poll-${limit}`, sql, [delta.from, delta.inFlight, shards]));
    const [only, ...more] = groups;
    if (only && more.length === 0) return [await ask(only)];
    // Several groups must advance to one and the same snapshot, or they would never become one group.
    await this.#polls.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const answers: PollAnswer[] = [];
    for (const group of groups) answers.push(await ask(group));
    await this.#polls.query('COMMIT');
    return answers;
  }

  async lowest({ from, inFlight }: Delta): Promise<number | undefined> {
    const rows = await this.#ask(this.#polls, 'lowest', LOWEST, [from, inFlight]);
    const lowest = rows[0]?.[0];
    return lowest ? Number(lowest) : undefined;
  }

  async chunk(delta: BacklogDelta, shards: readonly number[], limit: number): Promise<readonly OutboxRow[]> {
    const { from, inFlight, to, position } = delta;
    // COPY plans for these values each time, and gives the rows as bytes: texts of them would only be bytes again.
    const copied = new CopiedRows();
    const values = [from, inFlight, shards, to.xmax, to.inFlight, position];
    await copyOut(this.#polls, chunkSql(limit, copiedColumns), values, (message) => copied.add(message));
    return copied.rows;
  }

  async heldRows(held: Held, before: Delta): Promise<readonly OutboxRow[]> {
    const rows = await this.#ask(this.#others, undefined, HELD_ROWS, [
      held.kind,
      held.tenant,
      held.aggregateType,
      held.aggregateId,
      held.fromVersion,
      before.from,
      before.inFlight,
      before.to?.xmax ?? null,
      before.to?.inFlight ?? null,
      before.position ?? null,
    ]);
    return rows.map((row) => rowOf(row, 0));
  }

  async save(cursors: readonly SavedCursor[], changes: HeldChanges): Promise<readonly number[]> {
    const rows = await this.#ask(this.#others, 'save', SAVE, [
      ...columnsOf(cursors),
      cursors.map(({ cursor }) => cursor.prev),
      cursors.map(({ cursor }) => cursor.backlog?.target ?? null),
      cursors.map(({ cursor }) => cursor.backlog?.position ?? null),
      JSON.stringify(changes.held),
      JSON.stringify(changes.released),
    ]);
    return rows.map(([shard]) => Number(shard));
  }

  async maintain(): Promise<void> {
    // On a connection of its own: saves and leases must not slip into its transactions.
    const client = this.#newClient();
    client.on('error', () => undefined);
    try {
      await client.connect();
      await attachPartitions(client, this.#partitions);
      await dropPartitions(client, this.#partitions);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // A peer that vanished never answers the goodbye, so nobody waits for it.
    await Promise.race([
      Promise.allSettled([this.#polls.end(), this.#others.end()]),
      new Promise((resolve) => setTimeout(resolve, 500).unref()),
    ]);
  }

  async #listen(): Promise<void> {
    try {
      await this.#others.query('LISTEN waybill_outbox');
      this.listening = true;
    } catch {
      // A pooler may forbid it; then the relay finds work by looking for it.
      this.listening = false;
    }
  }

  async #ask(
    client: pg.Client,
    name: string | undefined,
    text: string,
    values: readonly unknown[],
  ): Promise<readonly RawRow[]> {
    const query = {
      text,
      values: [...values],
      rowMode: 'array',
      types: rawTypes,
      ...(name ? { name: `waybill-${name}` } : {}),
    } as const;
    const { rows } = await client.query<(string | null)[]>(query);
    return rows;
  }
}

function columnsOf(shards: ShardEpochs): [number[], number[]] {
  return [shards.map(({ shard }) => shard), shards.map(({ epoch }) => epoch)];
}

function toAnswer(rows: readonly RawRow[]): PollAnswer {
  const first = rows[0];
  return {
    snapshot: first?.[0] ?? '',
    standby: first?.[1] === 't',
    // With an empty delta one row comes, with no position.
    rows: rows.length === 1 && first?.[POLL_PREFIX] === null ? [] : rows.map((row) => rowOf(row, POLL_PREFIX)),
  };
}
