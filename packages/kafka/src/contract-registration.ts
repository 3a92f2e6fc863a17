import { COMPATIBILITY, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { AnyContract } from '@waybill/contracts';
import { CompatibilityNotEnforcedError, IncompatibleSchemaError, RegistryRefusedError } from './registry-errors.ts';
import { askRegistry, persist } from './registry-http.ts';
import type { RegistryAddress } from './registry-http.ts';
import { confluentClient, statusOf, subjectOf } from './schema-registry.ts';

export type RegistrableContract = Pick<AnyContract, 'name' | 'topic' | 'schema'>;

export interface RegisterContractsOptions extends RegistryAddress {
  readonly contracts: readonly RegistrableContract[];
  /** Whether the registry is ours alone: only then its global compatibility is set. */
  readonly ownsRegistry: boolean;
}

export interface RegisteredContract {
  readonly name: string;
  readonly subject: string;
  readonly id: number;
}

const level = 'FULL_TRANSITIVE';

/**
 * Registers each contract under its TopicRecordName subject with FULL_TRANSITIVE compatibility, because events are
 * replayed from any age, and makes sure that the registry enforces it. Running it again changes nothing.
 * @throws {IncompatibleSchemaError} when a schema breaks an earlier one of its subject; the ones before it stay registered.
 * @throws {CompatibilityNotEnforcedError} when the registry would take an incompatible schema.
 * @throws {RegistryUnavailableError} when it gives no answer in time.
 */
export async function registerContracts(options: RegisterContractsOptions): Promise<readonly RegisteredContract[]> {
  if (options.ownsRegistry) await setCompatibility(options, '/config');
  const client = confluentClient(options);
  const registered: RegisteredContract[] = [];
  for (const contract of options.contracts) {
    const subject = subjectOf(contract);
    const path = `/config/${encodeURIComponent(subject)}`;
    await setCompatibility(options, path);
    const { id } = await persist(options, `register ${contract.name}`, async () => {
      try {
        return await client.register(
          { type: SchemaType.AVRO, schema: contract.schema },
          { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE },
        );
      } catch (error) {
        throw registrationError(error, contract.name, subject);
      }
    });
    // Some registries forget the setting of a subject that did not exist when it was made.
    await setCompatibility(options, path);
    await requireEnforcement(options, subject, contract);
    registered.push({ name: contract.name, subject, id });
  }
  return registered;
}

async function setCompatibility(address: RegistryAddress, path: string): Promise<void> {
  const what = `set the compatibility at ${path}`;
  // A conflict: it was made at the same moment, by another process or by a call of ours that was given up too early.
  const { status, message } = await askRegistry(address, what, 'PUT', path, { compatibility: level }, 409);
  if (status >= 300) throw new RegistryRefusedError(what, status, message);
}

/** Asks the registry about a schema that no reader of the contract can read. */
async function requireEnforcement(
  address: RegistryAddress,
  subject: string,
  contract: RegistrableContract,
): Promise<void> {
  const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions`;
  const { status, body, message } = await askRegistry(address, `compare a schema with ${subject}`, 'POST', path, {
    schema: incompatibleWith(contract),
  });
  if (status < 300 && body['is_compatible'] === false) return;
  if (status === 409 || status === 422) return;
  throw new CompatibilityNotEnforcedError(
    subject,
    status < 300 ? 'it called an incompatible schema compatible' : `${status} ${message}`,
  );
}

/** The same record with one more field that has no default: older data cannot be read with it. */
function incompatibleWith(contract: RegistrableContract): string {
  const schema: unknown = JSON.parse(contract.schema);
  const record = typeof schema === 'object' && schema !== null ? schema : {};
  const fields: unknown = Reflect.get(record, 'fields');
  const known: readonly unknown[] = Array.isArray(fields) ? fields : [];
  return JSON.stringify({
    ...record,
    fields: [...known, { name: 'waybillCompatibilityProbe', type: 'string' }],
  });
}

function registrationError(error: unknown, contract: string, subject: string): unknown {
  const status = statusOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (status === 409) return new IncompatibleSchemaError(contract, subject, message, { cause: error });
  if (status === 401 || status === 403 || status === 422)
    return new RegistryRefusedError(`register ${contract}`, status, message, { cause: error });
  return error;
}
