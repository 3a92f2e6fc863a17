import { type AnyContract, avroContentType, dataSchemaUrn, type EventId, frame } from '@waybill/contracts';
import type { OutboxEntry } from './outbox-store.ts';
import { OutboxLimitError } from './publishing-errors.ts';
import { keyOf, slotOf } from './slot.ts';

/** Names of a service's contracts on the wire; filled at start. */
export interface SchemaIds {
  /** @throws {ContractNotRegisteredError} when the contract was not looked up at start. */
  idOf(contract: AnyContract): number;
}

/** Bytes of one framed event unless told otherwise: below a broker's usual 1 MB with its headers and overhead. */
export const MAX_EVENT_BYTES = 900_000;
const MAX_ID_CHARS = 255;
const MAX_TENANT_CHARS = 128;

/** What all entries of one fact share. */
export interface FactEnvelope {
  readonly id: EventId;
  readonly time: Date;
  readonly source: string;
  readonly tenant: string;
  readonly aggregateId: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly renditions: string | null;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly baggage: string | null;
}

/**
 * Encodes one rendition of a fact (or a snapshot) into a row to be written.
 * @throws {EncodingError} when the data is not the contract's, naming the field's path.
 * @throws {OutboxLimitError} when the framed body has more than `maxEventBytes`.
 */
export function entryOf(
  contract: AnyContract,
  data: unknown,
  envelope: FactEnvelope,
  place: Pick<OutboxEntry, 'fact' | 'version'>,
  options: { readonly schemaIds: SchemaIds; readonly maxEventBytes: number },
): OutboxEntry {
  const payload = frame(options.schemaIds.idOf(contract), contract.codec.encode(data));
  if (payload.length > options.maxEventBytes) {
    throw new OutboxLimitError(
      `${contract.name} of ${contract.aggregateType} has ${payload.length} bytes, more than the ${options.maxEventBytes} allowed`,
      'Publish a reference to large content instead of the content',
    );
  }
  return {
    ...envelope,
    ...place,
    time: envelope.time.toISOString(),
    slot: slotOf(keyOf(envelope)),
    kind: contract.kind,
    major: contract.major,
    aggregateType: contract.aggregateType,
    type: contract.name,
    topic: contract.topic,
    payload,
    dataSchema: dataSchemaUrn(contract),
    contentType: avroContentType,
  };
}

/** @throws {OutboxLimitError} when the aggregate's id or tenant cannot be a key. */
export function requireKey(aggregate: { readonly tenant: string; readonly aggregateId: string }): void {
  const { tenant, aggregateId } = aggregate;
  if (aggregateId.length < 1 || aggregateId.length > MAX_ID_CHARS || hasControl(aggregateId)) {
    throw new OutboxLimitError(
      `aggregateId has ${aggregateId.length} characters or a control character; 1 to ${MAX_ID_CHARS} printable ones are allowed`,
      "Pass the entity's own id",
    );
  }
  if (tenant.length > MAX_TENANT_CHARS || tenant.includes('/') || hasControl(tenant)) {
    throw new OutboxLimitError(
      `tenant is longer than ${MAX_TENANT_CHARS} characters, or has a slash or a control character`,
      "Pass the tenant's own short id, since it becomes part of the Kafka key",
    );
  }
}

function hasControl(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\u0000-\u001f\u007f-\u009f]/.test(text);
}
