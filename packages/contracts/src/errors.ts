/**
 * The root of this package's errors: a stable `code`, and a message that ends in the next step for its reader.
 * It has the shape of messaging's `WaybillError`, which this package does not know.
 */
export class ContractError extends Error {
  /** Stable, for programs: `contracts.encoding`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Data does not fit its contract. Names the contract and the path of the wrong field, never its value. */
export class EncodingError extends ContractError {
  /** The contract's full name: `orders.v2.OrderPlaced`. */
  readonly contract: string;
  /** The path of the wrong field, `lines[2].quantity`; empty for the data as a whole. */
  readonly path: string;

  constructor(contract: string, path: string, problem: string) {
    super(
      'contracts.encoding',
      `${contract}: ${path === '' ? 'data' : path}: ${problem}; make the data fit the schema, or change the schema.`,
    );
    this.contract = contract;
    this.path = path;
  }
}

/** A body is not what its schema says, breaks a limit, or cannot be resolved into the reader's shape. */
export class DecodingError extends ContractError {
  /** The contract whose shape was asked for. */
  readonly contract: string;

  constructor(contract: string, problem: string) {
    super('contracts.decoding', `${contract}: ${problem}; check which schema and which producer the record came from.`);
    this.contract = contract;
  }
}

/** A record's value is not in the Confluent wire format. */
export class FramingError extends ContractError {
  constructor(problem: string) {
    super('contracts.framing', `${problem}; check that the producer uses the Confluent wire format for Avro.`);
  }
}

/** Headers do not make an envelope. Lists everything that is wrong, by header name, never a value. */
export class InvalidEnvelopeError extends ContractError {
  /** One entry for each wrong header: `ce_time: not an RFC 3339 date and time`. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      'contracts.invalid-envelope',
      `the headers are not a Waybill event's: ${problems.join('; ')}; check what else writes to this topic.`,
    );
    this.problems = problems;
  }
}

/** A text is not an id of its kind. */
export class InvalidIdError extends ContractError {
  /** What it was meant to be: `EventId`, `OrderId`. */
  readonly kind: string;

  constructor(kind: string, problem: string) {
    super('contracts.invalid-id', `not a valid ${kind}: ${problem}; pass the id as it was given out.`);
    this.kind = kind;
  }
}

/** An Avro schema, or one of Waybill's marks in it, cannot be used. */
export class InvalidSchemaError extends ContractError {
  /** The message without the file or place that it is about. */
  readonly problem: string;

  constructor(where: string, problem: string) {
    super('contracts.invalid-schema', `${where}: ${problem}; correct the schema.`);
    this.problem = problem;
  }
}
