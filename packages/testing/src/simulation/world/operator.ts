import { type InboxTransaction, redrive, skip } from '@waybill/messaging';
import { memoryInbox } from '../../memory/consuming/memory-inbox.ts';
import { parkedTable, type ParkedRow } from '../../memory/consuming/tables.ts';
import { MemoryClient } from '../../memory/database/memory-client.ts';
import { releaseHeld } from '../../memory/publishing/memory-relay-store.ts';
import { heldTable } from '../../memory/publishing/tables.ts';
import type { PlannedOperation } from '../plan/plan.ts';
import { LOST_SCHEMA_CODE } from './undecodable.ts';
import type { World } from './world.ts';

/** Asks the relays to publish what they hold, since the broker takes it by now. */
export function releaseAllHeld(world: World): void {
  for (const database of [world.orders, world.shop]) {
    const client = new MemoryClient(database);
    for (const held of database.committedRows(heldTable)) if (!held.release) void releaseHeld(client, held);
  }
}

/** Has tried again what could not be read, since it can be by now. */
export function redriveUndecodable({ shop }: World): void {
  const store = memoryInbox(new MemoryClient(shop));
  for (const { id, consumer } of shop.committedRows(parkedTable).filter(isUndecodable)) {
    void store.transaction(async (tx) => redrive(tx, consumer, id));
  }
}

/** Does what a person would with one of those that failed, over a connection of that person's own, which may break. */
export function operate(world: World, { what, choice, people }: PlannedOperation): void {
  const failed = world.shop.committedRows(parkedTable).filter((row) => isFitFor(what, row));
  const chosen = failed[Math.floor(choice * failed.length)];
  if (chosen === undefined) return;
  for (let person = 0; person < (people === 'twice' ? 2 : 1); person += 1) {
    const process = world.newProcess(`operator-${person}`, 1);
    const store = memoryInbox(new MemoryClient(world.shop, process.wire('shop-db')));
    // Whoever is not answered does not know whether it was done; another may do it again.
    void store.transaction(async (tx) => carryOut(tx, what, chosen)).catch(() => undefined);
  }
}

async function carryOut(tx: InboxTransaction, what: PlannedOperation['what'], { consumer, id, record }: ParkedRow) {
  if (what === 'skip') {
    const from = consumer === 'shop.alerts' ? 'now' : 'beginning';
    const ordering = consumer === 'shop.search' ? { by: 'none' as const, horizonMs: 1 } : { by: 'entity' as const };
    return skip(tx, { name: consumer, kind: 'reaction', from, ordering }, id);
  }
  const value = what === 'edit' && record.value !== null ? { value: Uint8Array.from(record.value) } : {};
  return redrive(tx, consumer, id, value);
}

/**
 * What is skipped is missing from a projection's copy for good, so nobody does that here; and a call that may have been
 * made is not made again by whoever does not know that it was not.
 */
function isFitFor(what: PlannedOperation['what'], { reason, consumer, failure, call }: ParkedRow): boolean {
  if (failure?.code === 'external.unknown-outcome' || call !== 'none') return false;
  if (what === 'skip') return reason === 'dead' && !projections.has(consumer);
  return reason === 'dead' || reason === 'retry';
}

const projections: ReadonlySet<string> = new Set(['shop.orders', 'shop.totals', 'shop.customers']);

export function isUndecodable({ reason, failure }: ParkedRow): boolean {
  return reason === 'dead' && failure?.code === LOST_SCHEMA_CODE;
}
