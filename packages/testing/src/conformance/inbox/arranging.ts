import { Buffer } from 'node:buffer';
import type { Envelope, EventId } from '@waybill/contracts';
import {
  type EntityKey,
  entityKeyText,
  type EntityState,
  type EventToPark,
  type HandledEvent,
  type InboxStore,
  type InboxTransaction,
  type ParkedEvent,
  type PartitionClaim,
} from '@waybill/messaging';

/** The consumer under test. */
export const me = 'shop.picking';
export const partition = { topic: 'shop.order', partition: 0 };
export const key: EntityKey = { tenant: '', aggregateType: 'shop.order', aggregateId: 'order-1' };

export function entity(aggregateId: string, tenant = ''): EntityKey {
  return { ...key, tenant, aggregateId };
}

/** A UUIDv7, the same for the same number. */
export function idOf(n: number): EventId {
  return `0198aaaa-0000-7000-8000-${String(n).padStart(12, '0')}` as EventId;
}

export function envelopeOf(version: number, of: EntityKey = key): Envelope {
  return {
    ...of,
    id: idOf(version),
    type: 'shop.v1.OrderPlaced',
    source: '/shop',
    time: new Date(1_750_000_000_000),
    dataSchema: 'urn:waybill:schema:shop.v1.OrderPlaced:',
    aggregateVersion: version,
    correlationId: 'c-1',
    causationId: undefined,
    trace: {},
  };
}

export function handled(version: number, of: EntityKey = key): HandledEvent {
  return {
    envelope: envelopeOf(version, of),
    origin: { ...partition, offset: BigInt(version) },
    arrival: 'delivered',
    receivedAt: new Date(1_750_000_000_500),
    workMs: 1.5,
    attempts: 1,
  };
}

/** An event to park: due now and to be tried again, unless told otherwise. */
export function parked(version: number, changes: Partial<EventToPark> & { readonly of?: EntityKey } = {}): EventToPark {
  const { of = key, ...rest } = changes;
  return {
    envelope: envelopeOf(version, of),
    record: { topic: partition.topic, key: of.aggregateId, value: Buffer.from([version]), headers: { ce_id: 'x' } },
    origin: { ...partition, offset: BigInt(version) },
    reason: 'retry',
    dueInMs: 0,
    attempts: 1,
    failure: undefined,
    waitsFor: undefined,
    holdsEntity: true,
    ...rest,
  };
}

/** An event that waits for those before it, and has no time of its own. */
export function behind(version: number, of: EntityKey = key): EventToPark {
  return parked(version, { reason: 'behind', dueInMs: undefined, of });
}

export async function park(store: InboxStore, ...events: readonly EventToPark[]): Promise<number> {
  return store.transaction(async (tx) => tx.park(me, events));
}

export async function queueOf(store: InboxStore, of: EntityKey = key): Promise<readonly ParkedEvent[]> {
  return store.transaction(async (tx) => tx.queueOf(me, of, { from: 0, limit: 100 }));
}

/** The only event that is parked for the entity. */
export async function onlyParked(store: InboxStore, of: EntityKey = key): Promise<ParkedEvent> {
  const [only, ...others] = await queueOf(store, of);
  if (only === undefined || others.length > 0) throw new Error('not one event is parked for the entity');
  return only;
}

export async function claimPartition(store: InboxStore): Promise<PartitionClaim & { nextOffset: bigint | undefined }> {
  const [claim] = await store.claimPartitions(me, [partition]);
  if (claim === undefined) throw new Error('the partition was not claimed');
  return claim;
}

export async function lockEntity(tx: InboxTransaction, of: EntityKey = key): Promise<EntityState> {
  const state = (await tx.lockEntities(me, [of])).get(entityKeyText(of));
  if (state === undefined) throw new Error('the entity was not locked');
  return state;
}

/** The entity as it is stored. */
export async function stateOf(store: InboxStore, of: EntityKey = key): Promise<EntityState> {
  return store.transaction(async (tx) => lockEntity(tx, of));
}

export class GivenUp extends Error {
  constructor() {
    super('given up');
  }
}

/** Runs `work` in a transaction that is rolled back. */
export async function rolledBack(store: InboxStore, work: (tx: InboxTransaction) => Promise<unknown>): Promise<void> {
  await store
    .transaction(async (tx) => {
      await work(tx);
      throw new GivenUp();
    })
    .catch((error: unknown) => {
      if (!(error instanceof GivenUp)) throw error;
    });
}
