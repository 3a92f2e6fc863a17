import type { AnyContract } from '@waybill/contracts';
import { ContractNotRegisteredError, RegistryUnavailableError, subjectOf } from '@waybill/kafka';
import type { SchemaIds, SchemaRegistry } from '@waybill/messaging';
import { isDependencyDown } from '../http/problem-of-error.ts';
import type { WaitOptions } from './dependencies.ts';
import { waitFor } from './dependencies.ts';

/** Schema ids that are looked up once, when the service starts. */
export interface LookedUpSchemaIds extends SchemaIds {
  /**
   * Looks the ids up, and waits for the registry if it must.
   * @throws {ContractNotRegisteredError} when a contract is missing; a service never registers on its own.
   */
  lookUp(contracts: readonly AnyContract[], options: WaitOptions): Promise<void>;
}

export function lookedUpSchemaIds(registry: SchemaRegistry): LookedUpSchemaIds {
  const ids = new Map<string, number>();
  return {
    idOf(contract) {
      const id = ids.get(contract.name);
      if (id === undefined) throw new ContractNotRegisteredError(contract.name, subjectOf(contract));
      return id;
    },
    async lookUp(contracts, options) {
      await waitFor(
        'the schema registry',
        async () => {
          for (const contract of contracts) ids.set(contract.name, await registry.idOf(contract));
        },
        options,
        (error) => error instanceof RegistryUnavailableError || isDependencyDown(error),
      );
    },
  };
}
