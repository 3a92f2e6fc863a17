import { type AnyContract, type EventId, unframe } from '@waybill/contracts';
import {
  type EntityKey,
  entryOf,
  type FetchedRecord,
  MAX_EVENT_BYTES,
  type OutboxEntry,
  recordOf,
} from '@waybill/messaging';
import type { MemoryDatabase } from '../../memory/database/memory-database.ts';
import type { MemoryTransaction } from '../../memory/database/memory-transaction.ts';
import { tableName } from '../../memory/database/table.ts';
import { memorySchemaIds } from '../../memory/log/memory-registry.ts';
import { streamTable } from '../../memory/publishing/tables.ts';
import type { PlannedFact } from '../plan/plan.ts';
import { contracts, customerState, orderState, type StateData } from './contracts.ts';

/** An entity of the producer, which counts its own changes: they are what its versions must agree with. */
export interface SourceEntity extends StateData {
  readonly entity: string;
  readonly changes: number;
}

/** A fact that the producer committed. */
export interface SourceFact extends PlannedFact {
  /** Which of its entity's changes it is: 1, 2, 3 … */
  readonly change: number;
}

/** An effect of an event at a consumer. The table has no unique key: what is done twice is there twice. */
export interface Effect {
  readonly seq: number;
  readonly consumer: string;
  readonly eventId: EventId;
  readonly entity: string;
  readonly version: number;
  readonly n: number;
  /** The customer that the handler needed, and whether its copy was there. */
  readonly needed?: { readonly customer: string; readonly found: boolean };
}

/** A projection's copy of an entity. */
export interface Copy extends StateData {
  readonly consumer: string;
  readonly entity: string;
  readonly version: number;
}

export const sourceTable = tableName<SourceEntity>('source');
export const factTable = tableName<SourceFact>('fact');
export const effectTable = tableName<Effect>('effect');
export const copyTable = tableName<Copy>('copy');

export const CHANGE = 'change an entity';
export const EFFECT = 'note an effect';
export const LOOK = 'look around';
export const FOLD = 'fold into the copy';
export const RESTORE = 'restore the copy';

export const schemaIds = memorySchemaIds(contracts);

/** What the producer's own statements do. */
export function defineSource(database: MemoryDatabase): void {
  database.define(CHANGE, async (tx, [planned]) => {
    const fact = planned as PlannedFact;
    await tx.lock(sourceTable, fact.entity);
    const before = tx.read(sourceTable, fact.entity) ?? { entity: fact.entity, changes: 0, sum: 0, last: 0 };
    const change = before.changes + 1;
    const state = fact.kind === 'seen' ? {} : { sum: before.sum + fact.delta, last: fact.n };
    tx.write(sourceTable, fact.entity, { ...before, changes: change, ...state });
    tx.write(factTable, String(fact.n), { ...fact, change });
    return [];
  });
}

/** What the handlers' statements do. */
export function defineConsumers(database: MemoryDatabase): void {
  database.define(EFFECT, (tx, [given, customer]) => {
    const seq = tx.next('effects');
    const effect = { ...(given as Omit<Effect, 'seq'>), seq };
    const found = tx.read(copyTable, JSON.stringify(['shop.customers', customer])) !== undefined;
    const needed = typeof customer === 'string' ? { needed: { customer, found } } : {};
    tx.write(effectTable, String(seq), { ...effect, ...needed });
    return [];
  });
  database.define(LOOK, () => []);
  database.define(FOLD, async (tx, [consumer, entity, version, n, delta]) => {
    const key = JSON.stringify([consumer, entity]);
    await tx.lock(copyTable, key);
    const sum = (tx.read(copyTable, key)?.sum ?? 0) + Number(delta);
    tx.write(copyTable, key, copyOf(consumer, entity, version, { sum, last: Number(n) }));
    return [];
  });
  database.define(RESTORE, async (tx, [consumer, entity, version, state]) => {
    const key = JSON.stringify([consumer, entity]);
    await tx.lock(copyTable, key);
    tx.write(copyTable, key, copyOf(consumer, entity, version, state as StateData));
    return [];
  });
}

function copyOf(consumer: unknown, entity: unknown, version: unknown, { sum, last }: StateData): Copy {
  return { consumer: String(consumer), entity: String(entity), version: Number(version), sum, last };
}

/** An entity's snapshot as a row to be published, state and version read at once; undefined when it has no event. */
export function snapshotEntry(
  tx: MemoryTransaction,
  entity: string,
  envelope: { readonly id: EventId; readonly time: Date },
): OutboxEntry | undefined {
  const contract: AnyContract = entity.startsWith('customer') ? customerState : orderState;
  const version = tx.read(streamTable, JSON.stringify(['', contract.aggregateType, entity]))?.version;
  const state = tx.read(sourceTable, entity);
  if (version === undefined || state === undefined) return undefined;
  return entryOf(
    contract,
    { sum: state.sum, last: state.last },
    {
      ...envelope,
      source: '/waybill/orders',
      tenant: '',
      aggregateId: entity,
      correlationId: envelope.id,
      causationId: null,
      renditions: null,
      traceparent: null,
      tracestate: null,
      baggage: null,
    },
    { fact: 0, version: { take: 'given', version } },
    { schemaIds, maxEventBytes: MAX_EVENT_BYTES },
  );
}

/** The same, as its producer hands it out. */
export function fetchedSnapshot(
  tx: MemoryTransaction,
  { aggregateId }: EntityKey,
  envelope: { readonly id: EventId; readonly time: Date },
): FetchedRecord | undefined {
  const entry = snapshotEntry(tx, aggregateId, envelope);
  if (entry?.version.take !== 'given') return undefined;
  return recordOf({ ...entry, position: 0, specVersion: '1.0', aggregateVersion: entry.version.version });
}

/** What the checks look at of an event's data. */
export interface FactData {
  readonly n: number;
  readonly delta?: number;
  readonly cause?: string;
}

export function factDataOf(value: Uint8Array): FactData {
  return JSON.parse(new TextDecoder().decode(unframe(value).body)) as FactData;
}
