import { frame, unframe } from '@waybill/contracts';
import { type OutboxEntry, type OutboxStore, type SchemaRegistry, WaybillError } from '@waybill/messaging';
import { factDataOf } from './domain.ts';
import type { World } from './world.ts';

/** What is added to a schema's id where the registry lost it. */
const LOST = 50;
export const LOST_SCHEMA_CODE = 'registry.unknown-schema-id';

/** An outbox in which some facts have ids of schemas that the registry does not know. */
export function losingSchemas(store: OutboxStore, { plan }: World): OutboxStore {
  const lost = new Set(plan.undecodable);
  const entryOf = (entry: OutboxEntry): OutboxEntry => {
    if (entry.kind !== 'event' || !lost.has(factDataOf(entry.payload).n)) return entry;
    const { schemaId, body } = unframe(entry.payload);
    return { ...entry, payload: frame(schemaId + LOST, body) };
  };
  return { append: async (tx, entries) => store.append(tx, lost.size === 0 ? entries : entries.map(entryOf)) };
}

/** A registry that knows them from `mendedAtMs` on. */
export function mendedInTime(registry: SchemaRegistry, world: World): SchemaRegistry {
  return {
    idOf: async (contract) => registry.idOf(contract),
    async schemaOf(id) {
      if (id <= LOST) return registry.schemaOf(id);
      const schema = await registry.schemaOf(id - LOST);
      if (world.now >= world.plan.mendedAtMs) return schema;
      throw new WaybillError(LOST_SCHEMA_CODE, `The registry has no schema with the id ${id}.`);
    },
  };
}
