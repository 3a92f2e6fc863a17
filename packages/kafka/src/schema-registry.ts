import { SchemaRegistry as ConfluentRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { SchemaRegistry } from '@waybill/messaging';
import { ContractNotRegisteredError, RegistryRefusedError, UnknownSchemaIdError } from './registry-errors.ts';
import { askRegistry, persist } from './registry-http.ts';
import type { RegistryAddress } from './registry-http.ts';

/** The TopicRecordName subject of a contract: its topic, a dash, its full name. */
export function subjectOf(contract: { readonly topic: string; readonly name: string }): string {
  return `${contract.topic}-${contract.name}`;
}

/**
 * Looks ids and schemas up, and keeps them: an id never comes to stand for another schema within one registry.
 * @throws {RegistryUnavailableError} from its methods, when there is no answer for 30 s.
 * @throws {RegistryRefusedError} from its methods, when the answer is no.
 */
export function schemaRegistry(address: RegistryAddress): SchemaRegistry {
  const client = confluentClient(address);
  const ids = new Kept<number>();
  const schemas = new Kept<string>();

  return {
    idOf: (contract) => {
      const subject = subjectOf(contract);
      return ids.get(`${subject}\n${contract.schema}`, () =>
        persist(address, `look up ${contract.name}`, async () => {
          try {
            return await client.getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema: contract.schema });
          } catch (error) {
            throw lookupError(error, contract.name, subject);
          }
        }),
      );
    },
    schemaOf: (id) => schemas.get(String(id), () => schemaText(address, id)),
  };
}

/** The registry client, used for ids: its own decoding builds a resolver anew for every message. */
export function confluentClient({ url, auth }: RegistryAddress): ConfluentRegistry {
  return new ConfluentRegistry({
    host: url.replace(/\/+$/, ''),
    ...(auth === undefined ? {} : { auth }),
    retry: { retries: 0 },
  });
}

/** What the client gives as a status: the registry's own, or 400 when it was not reached. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'ConfluentSchemaRegistryError') return 404;
  const status: unknown = Reflect.get(error, 'status');
  return typeof status === 'number' ? status : undefined;
}

function lookupError(error: unknown, contract: string, subject: string): unknown {
  const status = statusOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (status === 404) return new ContractNotRegisteredError(contract, subject, { cause: error });
  if (status === 401 || status === 403 || status === 422)
    return new RegistryRefusedError(`look up ${contract}`, status, message, { cause: error });
  return error;
}

/**
 * The text as the registry has it: the client gives a parsed type, from which no SHA-256 can be had. A registry may have
 * put the JSON's keys in another order than they were registered in (Apicurio does), so compare it order apart.
 */
async function schemaText(address: RegistryAddress, id: number): Promise<string> {
  const what = `give the schema ${id}`;
  const { status, body, message } = await askRegistry(address, what, 'GET', `/schemas/ids/${id}`);
  if (status === 404) throw new UnknownSchemaIdError(id);
  const text = body['schema'];
  if (status >= 300 || typeof text !== 'string') throw new RegistryRefusedError(what, status, message);
  return text;
}

/** Answers kept for good, one question at a time for each; a failed one is asked again. */
class Kept<T> {
  readonly #answers = new Map<string, Promise<T>>();

  get(key: string, ask: () => Promise<T>): Promise<T> {
    const kept = this.#answers.get(key);
    if (kept !== undefined) return kept;
    const asked = ask();
    this.#answers.set(key, asked);
    asked.catch(() => this.#answers.delete(key));
    return asked;
  }
}
