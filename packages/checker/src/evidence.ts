/**
 * What a run left behind, as the systems themselves hold it. Loaded once by `loading/`, then only read: each check is a
 * pure function over it.
 */
export interface Evidence {
  /** Orders that the API answered for with 201, as the client that placed them wrote down. */
  readonly accepted: readonly AcceptedOrder[];
  /** Every record of every topic, from the start of the log to its end, by topic, partition and offset. */
  readonly records: readonly TopicRecord[];
  /** By service name: `orders`, `payments`, `inventory`, `shipping`, `notifications`. */
  readonly services: ReadonlyMap<string, ServiceTables>;
  readonly domain: DomainTables;
  /** What the payment provider says that it did. */
  readonly provider: readonly ProviderPayment[];
  readonly mail: MailEvidence;
  /** What only the consumers themselves can count. Information, never part of a check. */
  readonly figures: DeliveryFigures;
  /** What could not be read. Where there is any, the verdict cannot be `valid`. */
  readonly unread: readonly string[];
}

export interface AcceptedOrder {
  readonly orderId: string;
  /** Line of the data file, 1 for the header. */
  readonly line: number;
}

/** A record of a topic. What a header does not say is empty; a body that does not decode has no data. */
export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly id: string;
  readonly type: string;
  readonly time: Date;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly tenant: string;
  readonly data: Readonly<Record<string, unknown>> | undefined;
  /** Why its headers or its body could not be read, if they could not. */
  readonly problem: string | undefined;
}

/** Waybill's own tables in one service's database. */
export interface ServiceTables {
  readonly heads: readonly StreamHead[];
  readonly outbox: readonly OutboxRow[];
  readonly effects: readonly Effect[];
  readonly parked: readonly ParkedEvent[];
  readonly entities: readonly AppliedEntity[];
}

export interface StreamHead {
  readonly tenant: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
}

export interface OutboxRow {
  readonly kind: 'event' | 'snapshot';
  readonly id: string;
  readonly type: string;
  readonly tenant: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly topic: string;
  readonly createdAt: Date;
}

/** One line of the ledger that the sample handlers append to in their transaction; it has no unique key. */
export interface Effect {
  /** In order of insertion per entity. */
  readonly position: bigint;
  readonly consumer: string;
  readonly eventId: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  readonly at: Date;
}

export interface ParkedEvent {
  readonly consumer: string;
  readonly eventId: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly reason: string;
  readonly parkedAt: Date;
}

/** How far a consumer has come with an entity. */
export interface AppliedEntity {
  readonly consumer: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly applied: number;
  /** Times that its copy was set from a snapshot instead of from its events. */
  readonly reconciled: number;
}

export interface DomainTables {
  readonly orders: readonly OrderRow[];
  readonly payments: readonly PaymentRow[];
  readonly reservations: readonly ReservationRow[];
  readonly shipments: readonly ShipmentRow[];
  /** Copies that projections keep, by consumer name, one row per entity and aggregate type. */
  readonly projections: ReadonlyMap<string, readonly ProjectedRow[]>;
}

export interface OrderRow {
  readonly orderId: string;
  readonly status: string;
  /** A decimal number as text, two places. */
  readonly total: string;
  readonly placedAt: Date;
}

export interface PaymentRow {
  readonly orderId: string;
  readonly status: string;
  readonly amount: string;
}

export interface ReservationRow {
  readonly orderId: string;
  readonly status: string;
}

export interface ShipmentRow {
  readonly orderId: string;
  readonly status: string;
}

/** An entity's copy in a projection: only the fields that come from its events, as text. */
export interface ProjectedRow {
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface ProviderPayment {
  readonly orderId: string;
  readonly captures: number;
  readonly refunds: number;
}

/** What arrived at the mail server, as it says. */
export interface MailEvidence {
  /** Message-IDs of the mails that it lists; it may list the newest alone. */
  readonly messageIds: readonly string[];
  readonly received: number;
  /** Mails whose Message-ID had come before. */
  readonly duplicates: number;
}

export interface DeliveryFigures {
  /** Records that the log handed to a consumer. */
  readonly deliveries: number;
  /** Those of events that it had handled or passed over before. */
  readonly duplicateDeliveries: number;
  /** Those that came before their predecessor or after their successor. */
  readonly outOfOrderDeliveries: number;
}
