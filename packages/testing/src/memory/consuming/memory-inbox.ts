import type { InboxStore, InboxTransaction } from '@waybill/messaging';
import { isTransient, uniqueViolation } from '../database/errors.ts';
import type { MemoryClient, MemoryConnection } from '../database/memory-client.ts';
import {
  handledIds,
  lockEntities,
  noteReconciled,
  presentEntities,
  recordHandled,
  recordSkipped,
  saveEntities,
  wakeWaiters,
} from './entities.ts';
import {
  claimDue,
  hasten,
  keepHeadDue,
  nextDueInMs,
  park,
  parkedById,
  parkedCounts,
  queueOf,
  release,
  unpark,
  updateParked,
} from './parked.ts';
import { advance, claimPartitions } from './positions.ts';
import { bootstrapTable } from './tables.ts';

/** The consuming side's store in an in-memory database. Each one is a process of its own as far as claims go. */
export function memoryInbox(client: MemoryClient): InboxStore {
  const claimant = `claimant-${client.database.next('claimants')}`;
  return {
    db: client,
    isTransient,
    claimPartitions: async (consumer, partitions) =>
      client.run('claim partitions', (tx) => claimPartitions(tx, consumer, partitions)),
    startPartition: async (claim, nextOffset) =>
      client.run('start partition', (tx) => advance(tx, claim, nextOffset, 0)),
    transaction: async (work) => client.transaction(async (connection) => work(inboxTransaction(connection, claimant))),
    claimDue: async (consumer, options) => client.run('claim due', (tx) => claimDue(tx, consumer, claimant, options)),
    release: async (id) => client.run('release parked', (tx) => release(tx, claimant, id)),
    nextDueInMs: async (consumer) => client.run('next due', (tx) => nextDueInMs(tx, consumer)),
    counts: async (consumer) => client.run('parked counts', (tx) => parkedCounts(tx, consumer)),
    bootstrapped: async (consumer) => client.run('bootstrapped', (tx) => tx.read(bootstrapTable, consumer)),
    async markBootstrapped(consumer, eventsFrom) {
      await client.run('mark bootstrapped', async (tx) => {
        await tx.lock(bootstrapTable, consumer);
        if (tx.read(bootstrapTable, consumer) !== undefined) throw uniqueViolation('consumer_bootstrap', consumer);
        tx.write(bootstrapTable, consumer, { eventsFrom });
      });
    },
    exclusively: async (consumer, work) =>
      client.transaction(async (connection) => {
        await connection.run('lock bootstrap', (tx) => tx.advisoryLock(`bootstrap ${consumer}`));
        return work();
      }),
  };
}

function inboxTransaction(connection: MemoryConnection, claimant: string): InboxTransaction {
  return {
    db: connection,
    advance: async (claim, nextOffset, deliveries) =>
      connection.run('advance', (tx) => advance(tx, claim, nextOffset, deliveries)),
    lockEntities: async (consumer, keys, asked = []) =>
      keys.length === 0 ? new Map() : connection.run('lock entities', (tx) => lockEntities(tx, consumer, keys, asked)),
    async saveEntities(consumer, entities) {
      if (entities.length > 0) await connection.run('save entities', (tx) => saveEntities(tx, consumer, entities));
    },
    noteReconciled: async (consumer, key) =>
      connection.run('note reconciled', (tx) => noteReconciled(tx, consumer, key)),
    handledIds: async (consumer, ids) =>
      ids.length === 0 ? new Set() : connection.run('handled ids', (tx) => handledIds(tx, consumer, ids)),
    async recordHandled(consumer, handled) {
      if (handled.length > 0) await connection.run('record handled', (tx) => recordHandled(tx, consumer, handled));
    },
    async recordSkipped(consumer, skipped) {
      if (skipped.length > 0) await connection.run('record skipped', (tx) => recordSkipped(tx, consumer, skipped));
    },
    park: async (consumer, parked) =>
      parked.length === 0 ? 0 : connection.run('park', (tx) => park(tx, consumer, parked)),
    queueOf: async (consumer, key, page) => connection.run('queue of', (tx) => queueOf(tx, consumer, key, page)),
    parkedById: async (id) => connection.run('parked by id', (tx) => parkedById(tx, id)),
    async unpark(ids) {
      if (ids.length > 0) await connection.run('unpark', (tx) => unpark(tx, ids));
    },
    updateParked: async (id, change) => connection.run('update parked', (tx) => updateParked(tx, claimant, id, change)),
    keepHeadDue: async (consumer, key) => connection.run('keep head due', (tx) => keepHeadDue(tx, consumer, key)),
    async hasten(consumer, keys) {
      if (keys.length > 0) await connection.run('hasten', (tx) => hasten(tx, consumer, keys));
    },
    presentEntities: async (projection, keys) =>
      keys.length === 0 ? new Set() : connection.run('present entities', (tx) => presentEntities(tx, projection, keys)),
    async wakeWaiters(projection, keys) {
      if (keys.length > 0) await connection.run('wake waiters', (tx) => wakeWaiters(tx, projection, keys));
    },
    savepoint: async (work) => connection.savepoint(work),
  };
}
