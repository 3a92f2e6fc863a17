/** A string that the compiler keeps apart from other strings; it is a plain string at run time. */
export type Brand<TName extends string> = string & { readonly __brand: TName };

/** What a schema describes: something that happened, or the state of an entity at a version. */
export type ContractKind = 'event' | 'snapshot';

/**
 * One version of one event (or snapshot) of the published language: its name, where it travels, and how its data
 * becomes bytes. Contracts are generated from `schemas/`; nobody writes one by hand.
 */
export interface Contract<TData, TName extends string = string> {
  /** The full Avro name, its major included: `orders.v2.OrderPlaced`. It is the CloudEvents type too. */
  readonly name: TName;
  /** The name without its major: `orders.OrderPlaced`. Renditions of one fact share it. */
  readonly event: string;
  readonly major: number;
  readonly kind: ContractKind;
  /** The type of the aggregate that it belongs to: `orders.order`. */
  readonly aggregateType: string;
  /** The topic that it travels on: `orders.order`, or `orders.order.snapshot` for a snapshot. */
  readonly topic: string;
  /** The Avro schema as registered, JSON text. */
  readonly schema: string;
  /** SHA-256 of `schema`, lower-case hex; `ce_dataschema` ends in it. */
  readonly fingerprint: string;
  /** Paths of the fields that are personal data: `customer.email`, `lines[].note`. */
  readonly personal: readonly string[];
  readonly codec: Codec<TData>;
}

/** Turns data into an Avro body and back. A body is Avro binary alone, without the Confluent header. */
export interface Codec<TData> {
  /**
   * @throws {EncodingError} when a field is missing, undeclared or of the wrong type; it names the field's path,
   * never its value.
   */
  encode(data: TData): Uint8Array;
  /**
   * Reads a body written with `writerSchema` (Avro JSON text; the contract's own when left out) into this
   * contract's shape. Resolvers are cached by writer.
   * @throws {DecodingError} when the body is not that schema's, is longer than its limits, or cannot be resolved.
   */
  decode(body: Uint8Array, writerSchema?: string): TData;
}

/** The data type of a contract: `DataOf<typeof OrderPlacedV2>`. */
export type DataOf<TContract> = TContract extends Contract<infer TData> ? TData : never;

/** Any contract, whatever its data. */
// oxlint-disable-next-line typescript/no-explicit-any -- a codec is invariant in its data, so no narrower type holds every contract
export type AnyContract = Contract<any>;
