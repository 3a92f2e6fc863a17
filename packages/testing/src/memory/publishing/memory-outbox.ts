import { type OutboxEntry, type OutboxStore, type Queryable, VersionConflictError } from '@waybill/messaging';
import type { MemoryDatabase } from '../database/memory-database.ts';
import type { MemoryTransaction } from '../database/memory-transaction.ts';
import { outboxTable, positionSequence, streamTable } from './tables.ts';

const APPEND = 'append to the outbox';

/** The outbox of an in-memory database; it writes through any of its clients' connections and transactions. */
export function memoryOutbox(database: MemoryDatabase): OutboxStore {
  database.define(APPEND, async (tx, [entries]) => append(tx, entries as readonly OutboxEntry[]));
  return {
    async append(tx, entries) {
      if (entries.length === 0) return [];
      // A wrapped transaction, as a handler has it, can be asked for nothing but a query.
      const { rows } = await (tx as Queryable).query(APPEND, [entries]);
      return rows.map((row) => ({ version: Number(row['version']) }));
    },
  };
}

/** Heads first, in the order of their ids, so that two calls cannot deadlock; positions after that. */
async function append(tx: MemoryTransaction, entries: readonly OutboxEntry[]): Promise<{ version: number }[]> {
  const steps = Map.groupBy(
    entries.filter(({ kind }) => kind === 'event'),
    streamKey,
  );
  const before = new Map<string, number>();
  for (const [key, own] of [...steps].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    await tx.lock(streamTable, key);
    const version = tx.read(streamTable, key)?.version ?? 0;
    before.set(key, version);
    tx.write(streamTable, key, { version: version + new Set(own.map(({ fact }) => fact)).size });
  }
  return entries.map((entry) => {
    const version = versionOf(entry, steps.get(streamKey(entry)) ?? [], before.get(streamKey(entry)) ?? 0);
    const { version: _, fact: __, major: ___, ...row } = entry;
    const position = tx.next(positionSequence);
    tx.write(outboxTable, String(position), {
      ...row,
      specVersion: '1.0',
      position,
      aggregateVersion: version,
      xid: tx.xid,
    });
    return { version };
  });
}

function versionOf(entry: OutboxEntry, ofAggregate: readonly OutboxEntry[], before: number): number {
  if (entry.version.take === 'given') return entry.version.version;
  const facts = [...new Set(ofAggregate.map(({ fact }) => fact))].toSorted((a, b) => a - b);
  const version = before + facts.indexOf(entry.fact) + 1;
  const { expected } = entry.version;
  if (expected !== undefined && expected !== version) {
    throw new VersionConflictError(
      `${entry.aggregateType} ${entry.aggregateId} would get version ${version}, and ${expected} was expected`,
    );
  }
  return version;
}

function streamKey({ tenant, aggregateType, aggregateId }: OutboxEntry): string {
  return JSON.stringify([tenant, aggregateType, aggregateId]);
}
