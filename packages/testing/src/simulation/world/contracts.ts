import { type AnyContract, type Contract, schemaFingerprint } from '@waybill/contracts';

export interface ChangeData {
  readonly n: number;
  readonly delta: number;
  /** The customer that a dependent handler needs. */
  readonly customer: string;
}

/** An entity's state: what its changes add up to. */
export interface StateData {
  readonly sum: number;
  /** The `n` of the last change. */
  readonly last: number;
}

export interface ReplyData {
  readonly n: number;
  /** The id of the event that it answers. */
  readonly cause: string;
}

export const orderChanged = contract<ChangeData>('orders.v1.OrderChanged', 'event', 'orders.order', 'orders.order');
export const orderSeen = contract<ChangeData>('orders.v1.OrderSeen', 'event', 'orders.order', 'orders.order');
export const orderState = contract<StateData>('orders.v1.Order', 'snapshot', 'orders.order', 'orders.order.snapshot');
export const customerChanged = contract<ChangeData>(
  'orders.v1.CustomerChanged',
  'event',
  'orders.customer',
  'orders.customer',
);
export const customerState = contract<StateData>(
  'orders.v1.Customer',
  'snapshot',
  'orders.customer',
  'orders.customer.snapshot',
);
export const orderReplied = contract<ReplyData>('shop.v1.OrderReplied', 'event', 'shop.reply', 'shop.reply');

export const contracts: readonly AnyContract[] = [
  orderChanged,
  orderSeen,
  orderState,
  customerChanged,
  customerState,
  orderReplied,
];
export const topics: readonly string[] = [...new Set(contracts.map(({ topic }) => topic))];

/** A contract whose bodies are JSON: what Avro does has its own tests, and takes its time. */
function contract<TData>(
  name: string,
  kind: 'event' | 'snapshot',
  aggregateType: string,
  topic: string,
): Contract<TData> {
  const schema = JSON.stringify({ type: 'record', name, fields: [] });
  return {
    name,
    event: name.replace('.v1.', '.'),
    major: 1,
    kind,
    aggregateType,
    topic,
    schema,
    fingerprint: schemaFingerprint(schema),
    personal: [],
    codec: {
      encode: (data) => new TextEncoder().encode(JSON.stringify(data)),
      decode: (body) => JSON.parse(new TextDecoder().decode(body)) as TData,
    },
  };
}
