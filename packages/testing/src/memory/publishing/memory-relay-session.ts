import {
  BEGINNING,
  type BacklogDelta,
  type ClaimedShard,
  type Delta,
  type Held,
  type HeldChanges,
  type HeldKey,
  type LeaseView,
  type OutboxRow,
  type PollAnswer,
  type RelaySession,
  type RelaySessionEvents,
  type SavedCursor,
  SHARDS,
  shardOf,
} from '@waybill/messaging';
import { MemoryConnection } from '../database/memory-client.ts';
import type { MemoryDatabase } from '../database/memory-database.ts';
import type { MemoryTransaction } from '../database/memory-transaction.ts';
import type { Wire } from '../wire.ts';
import { isPassed, isWithin } from './delta-rows.ts';
import {
  type HeldRow,
  heldTable,
  memberTable,
  outboxTable,
  positionSequence,
  type ShardRow,
  shardTable,
  type StoredOutboxRow,
} from './tables.ts';

type ShardEpochs = readonly { readonly shard: number; readonly epoch: number }[];

/** One connection to an in-memory outbox; each call is one statement. */
export class MemoryRelaySession implements RelaySession {
  readonly listening = true;
  readonly #database: MemoryDatabase;
  readonly #connection: MemoryConnection;
  readonly #unlisten: () => void;

  private constructor(database: MemoryDatabase, connection: MemoryConnection, unlisten: () => void) {
    this.#database = database;
    this.#connection = connection;
    this.#unlisten = unlisten;
  }

  static async open(database: MemoryDatabase, wire: Wire, events: RelaySessionEvents): Promise<MemoryRelaySession> {
    const connection = await MemoryConnection.open(database, wire, (error) => events.lost(error));
    const unlisten = database.listen((payload) => {
      wire.push('notification', () => events.notified(payload === 'release' ? 'release' : 'outbox'));
    });
    return new MemoryRelaySession(database, connection, unlisten);
  }

  async lease(relay: string, shards: ShardEpochs, leaseMs: number): Promise<LeaseView> {
    return this.#connection.run('lease', async (tx) => {
      await tx.lock(memberTable, relay);
      for (const { shard } of shards) await tx.lock(shardTable, String(shard));
      const before = allShards(tx);
      tx.write(memberTable, relay, { relay, aliveUntil: tx.now + leaseMs });
      const alive = tx.rows(memberTable).filter(({ aliveUntil }) => aliveUntil > tx.now);
      const renewed = shards.filter(({ shard, epoch }) => {
        const row = shardRow(tx, shard);
        if (row.epoch !== epoch || row.owner !== relay) return false;
        tx.write(shardTable, String(shard), { ...row, leaseUntil: tx.now + leaseMs });
        return true;
      });
      return {
        renewed: renewed.map(({ shard }) => shard),
        alive: alive.map((member) => member.relay),
        leases: before.map(({ shard, owner, leaseUntil }) => ({
          shard,
          owner: leaseUntil > tx.now ? owner : undefined,
        })),
        paused: [],
        releases: tx
          .rows(heldTable)
          .filter(({ release, slot }) => release && shards.some(({ shard }) => shard === shardOf(slot)))
          .map(keyOf),
        lastPosition: this.#database.lastOf(positionSequence),
      };
    });
  }

  async claim(relay: string, shards: readonly number[], leaseMs: number): Promise<readonly ClaimedShard[]> {
    return this.#connection.run('claim', (tx) =>
      shards.flatMap((shard) => {
        if (tx.isLocked(shardTable, String(shard))) return [];
        const row = shardRow(tx, shard);
        const isFree = row.owner === undefined || row.owner === relay || row.leaseUntil <= tx.now;
        if (!isFree) return [];
        const epoch = row.epoch + 1;
        tx.write(shardTable, String(shard), { ...row, owner: relay, epoch, leaseUntil: tx.now + leaseMs });
        return [{ shard, epoch, cursor: row.cursor }];
      }),
    );
  }

  async release(relay: string, shards: ShardEpochs): Promise<void> {
    await this.#connection.run('release', async (tx) => {
      let released = 0;
      for (const { shard, epoch } of shards) {
        await tx.lock(shardTable, String(shard));
        const row = shardRow(tx, shard);
        if (row.epoch !== epoch || row.owner !== relay) continue;
        tx.write(shardTable, String(shard), { ...row, owner: undefined, leaseUntil: 0 });
        released += 1;
      }
      if (released > 0) this.#database.notify('release');
    });
  }

  async leave(relay: string): Promise<void> {
    await this.#connection.run('leave', async (tx) => {
      await tx.lock(memberTable, relay);
      tx.write(memberTable, relay, undefined);
    });
  }

  async held(shards: readonly number[]): Promise<readonly Held[]> {
    return this.#connection.run('held', (tx) =>
      tx
        .rows(heldTable)
        .filter(({ slot }) => shards.includes(shardOf(slot)))
        .map(heldOf),
    );
  }

  async poll(
    groups: readonly { readonly delta: Delta; readonly shards: readonly number[] }[],
    limit: number,
  ): Promise<readonly PollAnswer[]> {
    return this.#connection.run('poll', (tx) =>
      groups.map(({ delta, shards }) => ({
        snapshot: tx.snapshot(),
        standby: false,
        rows: inPositionOrder(rowsOf(tx, delta, shards).slice(0, limit + 1)),
      })),
    );
  }

  async lowest(delta: Delta): Promise<number | undefined> {
    return this.#connection.run('lowest', (tx) => inPositionOrder(rowsOf(tx, delta, undefined))[0]?.position);
  }

  async chunk(delta: BacklogDelta, shards: readonly number[], limit: number): Promise<readonly OutboxRow[]> {
    return this.#connection.run('chunk', (tx) =>
      inPositionOrder(rowsOf(tx, delta, shards).filter(({ position }) => position > delta.position)).slice(0, limit),
    );
  }

  async heldRows(held: Held, before: Delta): Promise<readonly OutboxRow[]> {
    return this.#connection.run('held rows', (tx) =>
      inPositionOrder(
        tx
          .rows(outboxTable)
          .filter(
            (row) =>
              heldKey(row) === heldKey(held) && row.aggregateVersion >= held.fromVersion && isPassed(row, before),
          ),
      ),
    );
  }

  async save(cursors: readonly SavedCursor[], changes: HeldChanges): Promise<readonly number[]> {
    return this.#connection.run('save', async (tx) => {
      for (const { shard } of cursors) await tx.lock(shardTable, String(shard));
      for (const key of [...changes.released, ...changes.held]) await tx.lock(heldTable, heldKey(key));
      const saved = cursors.flatMap(({ shard, epoch, cursor }) => {
        const row = shardRow(tx, shard);
        if (row.epoch !== epoch) return [];
        tx.write(shardTable, String(shard), { ...row, cursor });
        return [shard];
      });
      for (const key of changes.released) {
        const held = tx.read(heldTable, heldKey(key));
        if (held !== undefined && saved.includes(shardOf(held.slot))) tx.write(heldTable, heldKey(key), undefined);
      }
      for (const held of changes.held) {
        if (saved.includes(shardOf(held.slot))) tx.write(heldTable, heldKey(held), { ...held, release: false });
      }
      return saved;
    });
  }

  async maintain(): Promise<void> {
    // An in-memory table has no partitions.
  }

  async close(): Promise<void> {
    this.#unlisten();
    this.#connection.close();
  }
}

/** The rows of a delta that are visible now, in no order; of all shards when none are given. */
function rowsOf(
  tx: MemoryTransaction,
  delta: Delta,
  shards: readonly number[] | undefined,
): readonly StoredOutboxRow[] {
  return tx
    .rows(outboxTable)
    .filter((row) => isWithin(row, delta) && (shards === undefined || shards.includes(shardOf(row.slot))));
}

function inPositionOrder(rows: readonly StoredOutboxRow[]): OutboxRow[] {
  return rows.toSorted((a, b) => a.position - b.position).map(outboxRow);
}

/** Without what the table alone keeps. */
function outboxRow(stored: StoredOutboxRow): OutboxRow {
  const { xid: _, ...row } = stored;
  return row;
}

function heldOf(stored: HeldRow): Held {
  const { release: _, ...held } = stored;
  return held;
}

function shardRow(tx: MemoryTransaction, shard: number): ShardRow {
  return (
    tx.read(shardTable, String(shard)) ?? {
      shard,
      epoch: 0,
      owner: undefined,
      leaseUntil: 0,
      cursor: { prev: BEGINNING, backlog: undefined },
    }
  );
}

function allShards(tx: MemoryTransaction): readonly ShardRow[] {
  return Array.from({ length: SHARDS }, (_, shard) => shardRow(tx, shard));
}

/** One text for what may be held. */
export function heldKey({ kind, tenant, aggregateType, aggregateId }: HeldKey): string {
  return JSON.stringify([kind, tenant, aggregateType, aggregateId]);
}

function keyOf({ kind, tenant, aggregateType, aggregateId }: HeldKey): HeldKey {
  return { kind, tenant, aggregateType, aggregateId };
}
