import { WaybillError } from '@waybill/messaging';

/** A contract that this service publishes is not in the registry; a service never registers on its own. */
export class ContractNotRegisteredError extends WaybillError {
  readonly contract: string;

  constructor(contract: string, subject: string, options?: ErrorOptions) {
    super(
      'registry.contract-not-registered',
      `The contract ${contract} is not registered under the subject ${subject}, or with another schema than this build has: run \`./waybill contracts register\`.`,
      options,
    );
    this.contract = contract;
  }
}

/** A record names a schema id that the registry does not have. */
export class UnknownSchemaIdError extends WaybillError {
  readonly schemaId: number;

  constructor(schemaId: number) {
    super(
      'registry.unknown-schema-id',
      `The registry knows no schema with the id ${schemaId}: a foreign producer wrote the record, or the registry was set up anew. Compare the registry's address with the producer's.`,
    );
    this.schemaId = schemaId;
  }
}

/** The registry refused a schema because somebody's old or new reader could not read it. */
export class IncompatibleSchemaError extends WaybillError {
  readonly contract: string;

  constructor(contract: string, subject: string, answer: string, options?: ErrorOptions) {
    super(
      'registry.incompatible-schema',
      `The schema of ${contract} breaks those that read or wrote ${subject} before: ${answer}. Make the change compatible both ways (a new field needs a default), or publish it as a new major beside this one.`,
      options,
    );
    this.contract = contract;
  }
}

/** The registry took the setting, and still does not refuse what is incompatible. */
export class CompatibilityNotEnforcedError extends WaybillError {
  constructor(subject: string, found: string) {
    super(
      'registry.compatibility-not-enforced',
      `The registry does not enforce FULL_TRANSITIVE for the subject ${subject} (${found}). Check the registry's rules and this client's right to set them.`,
    );
  }
}

/** The registry gave no usable answer within the time allowed. */
export class RegistryUnavailableError extends WaybillError {
  constructor(what: string, waitedMs: number, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      'registry.unavailable',
      `The schema registry could not ${what} within ${waitedMs} ms: ${reason}. Check its address and whether it runs.`,
      { cause },
    );
  }
}

/** The registry answered, and no: not a matter of trying again. */
export class RegistryRefusedError extends WaybillError {
  /** The HTTP status. */
  readonly status: number;

  constructor(what: string, status: number, answer: string, options?: ErrorOptions) {
    super(
      'registry.refused',
      `The schema registry refused to ${what}: ${status} ${answer}. Check this client's rights and the request.`,
      options,
    );
    this.status = status;
  }
}
