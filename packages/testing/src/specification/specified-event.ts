import { type AnyContract, type Contract, type EventId, newEventId } from '@waybill/contracts';

/** What a test says of an event. What it leaves out is filled in when the event is delivered, and not compared. */
export interface EventFields<TData> {
  readonly aggregateId: string;
  readonly data: TData;
  readonly tenant?: string;
  /** The aggregate's next one when left out, in the order of delivery; given, it can leave a gap or come late. */
  readonly version?: number;
  readonly correlationId?: string;
  /** The id of the event that it is the effect of. */
  readonly causationId?: EventId;
  readonly time?: Date;
}

/** An event as a test specifies it: to be delivered, or expected. Delivered twice, it is one event, delivered twice. */
export interface SpecifiedEvent {
  readonly contract: AnyContract;
  readonly fields: EventFields<unknown>;
  readonly id: EventId;
  /** The one given, or else the event's own id, as that of an event that begins something. */
  readonly correlationId: string;
}

/** An event, or a snapshot, that its producer has and that the log does not bring. */
export interface WithheldEvent {
  readonly withheld: SpecifiedEvent;
}

/**
 * An event, or a snapshot, of a contract.
 * @example event(OrderPlacedV2, { aggregateId: 'order-1', data: { orderId: orderId('order-1'), … } })
 */
export function event<TData>(contract: Contract<TData>, fields: NoInfer<EventFields<TData>>): SpecifiedEvent {
  const id = newEventId();
  return { contract, fields, id, correlationId: fields.correlationId ?? id };
}

/** Gives the event to its producer alone, who is asked for it when it is missing. */
export function atProducer(withheld: SpecifiedEvent): WithheldEvent {
  return { withheld };
}
