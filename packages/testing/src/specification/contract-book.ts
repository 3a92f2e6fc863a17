import { type AnyContract, unframe } from '@waybill/contracts';
import { type SchemaIds, type SchemaRegistry, WaybillError } from '@waybill/messaging';

/** A schema registry that knows every contract that is used, by the order in which it was first. */
export class ContractBook implements SchemaIds {
  readonly #contracts: AnyContract[] = [];
  readonly registry: SchemaRegistry = {
    idOf: async ({ name }) => {
      const at = this.#contracts.findIndex((contract) => contract.name === name);
      if (at < 0) throw new WaybillError('registry.not-registered', `${name} has not been used.`);
      return at + 1;
    },
    schemaOf: async (id) => {
      const contract = this.#contracts[id - 1];
      if (contract === undefined)
        throw new WaybillError('registry.unknown-schema-id', `No contract has the schema id ${id}.`);
      return contract.schema;
    },
  };

  idOf(contract: AnyContract): number {
    const at = this.#contracts.findIndex(({ name }) => name === contract.name);
    return at >= 0 ? at + 1 : this.#contracts.push(contract);
  }

  /** A framed body, decoded by the contract that it was written with. */
  decode(value: Uint8Array): unknown {
    const { schemaId, body } = unframe(value);
    return this.#contracts[schemaId - 1]?.codec.decode(body);
  }
}
