import { createHash } from 'node:crypto';
import type { Codec, Contract, ContractKind } from './contract.ts';
import { avroCodec } from './codec/codec.ts';
import { contractName } from './contract-name.ts';

/** What the generator knows of a contract; the rest follows from it. */
export interface ContractDefinition<TName extends string> {
  readonly name: TName;
  readonly kind: ContractKind;
  readonly aggregateType: string;
  readonly topic: string;
  readonly schema: string;
  readonly personal: readonly string[];
}

/**
 * Makes a contract. Only generated code calls it. The codec is built when it is first used.
 * @throws {InvalidSchemaError} when the name is not a contract's.
 */
export function defineContract<TData, TName extends string>(
  definition: ContractDefinition<TName>,
): Contract<TData, TName> {
  const { context, major, shortName } = contractName(definition.name);
  let codec: Codec<TData> | undefined;
  return Object.freeze({
    ...definition,
    event: `${context}.${shortName}`,
    major,
    fingerprint: schemaFingerprint(definition.schema),
    get codec() {
      return (codec ??= avroCodec<TData>({ name: definition.name, schema: definition.schema }));
    },
  });
}

/**
 * SHA-256, lower-case hex, of a schema's JSON without insignificant white space and with its keys in order, since a
 * registry may hand a schema out with its keys in another one; of the text as it is when it is no JSON.
 */
export function schemaFingerprint(schema: string): string {
  return createHash('sha256').update(canonical(schema)).digest('hex');
}

function canonical(schema: string): string {
  try {
    return JSON.stringify(JSON.parse(schema), (_, value: unknown) => (isObject(value) ? inKeyOrder(value) : value));
  } catch {
    return schema;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inKeyOrder(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A contract's `ce_dataschema`: `urn:waybill:schema:orders.v2.OrderPlaced:<sha-256>`. */
export function dataSchemaUrn(contract: { readonly name: string; readonly fingerprint: string }): string {
  return `urn:waybill:schema:${contract.name}:${contract.fingerprint}`;
}

/** The schema fingerprint that a `ce_dataschema` ends in, or undefined when it is no URN of ours. */
export function dataSchemaFingerprint(urn: string): string | undefined {
  return /^urn:waybill:schema:[A-Za-z0-9_.]{1,255}:([0-9a-f]{64})$/.exec(urn)?.[1];
}
