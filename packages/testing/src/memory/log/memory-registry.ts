import type { AnyContract } from '@waybill/contracts';
import { type SchemaIds, type SchemaRegistry, WaybillError } from '@waybill/messaging';
import { directWire, type Wire } from '../wire.ts';

/** The ids 1, 2, 3 … of contracts, in their order. */
export function memorySchemaIds(contracts: readonly AnyContract[]): SchemaIds {
  const ids = new Map(contracts.map(({ name }, index) => [name, index + 1]));
  return {
    idOf({ name }) {
      const id = ids.get(name);
      if (id === undefined) throw new Error(`${name} is not among the contracts that were given`);
      return id;
    },
  };
}

/** A schema registry that knows these contracts, by the same ids. */
export function memoryRegistry(contracts: readonly AnyContract[], wire: Wire = directWire): SchemaRegistry {
  return {
    idOf: async ({ name }) =>
      wire.call('schema id', () => {
        const index = contracts.findIndex((contract) => contract.name === name);
        if (index < 0) throw new WaybillError('registry.not-registered', `The registry has no schema of ${name}.`);
        return index + 1;
      }),
    schemaOf: async (id) =>
      wire.call('schema', () => {
        const contract = contracts[id - 1];
        if (contract === undefined)
          throw new WaybillError('registry.unknown-schema-id', `The registry has no schema with the id ${id}.`);
        return contract.schema;
      }),
  };
}
