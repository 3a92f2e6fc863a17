import type { Brand } from './contract.ts';

/** The id of an event: a UUIDv7, made once in the business transaction, unchanged by retries and replays. */
export type EventId = Brand<'EventId'>;

/** What travels beside an event's data, as CloudEvents 1.0 attributes and W3C trace context. */
export interface Envelope {
  readonly id: EventId;
  /** The contract's full name, `orders.v2.OrderPlaced` (`ce_type`). */
  readonly type: string;
  /** The service that published it, a URI reference: `/waybill/orders` (`ce_source`). */
  readonly source: string;
  /** When it happened (`ce_time`, RFC 3339 in UTC with milliseconds). */
  readonly time: Date;
  /** Ends in the schema's SHA-256 (`ce_dataschema`): `urn:waybill:schema:orders.v2.OrderPlaced:<sha-256>`. */
  readonly dataSchema: string;
  /** Empty where there are no tenants; the header is then left out (`ce_tenantid`). */
  readonly tenant: string;
  readonly aggregateType: string;
  /** `ce_subject` and `ce_partitionkey`; the Kafka key. */
  readonly aggregateId: string;
  /** 1, 2, 3 … per aggregate, without holes (`ce_aggregateversion`). A snapshot carries the version it was taken at. */
  readonly aggregateVersion: number;
  readonly correlationId: string;
  /** The id of the event whose handling published this one (`ce_causationid`). */
  readonly causationId: EventId | undefined;
  readonly trace: TraceContext;
}

/** W3C trace context and baggage, as their header values. */
export interface TraceContext {
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly baggage?: string;
}

/** An event as a handler gets it: its envelope and its decoded data. */
export interface Event<TData> extends Envelope {
  readonly data: TData;
}
