// Generated from the schemas beside this folder by `./waybill contracts generate`.
// Do not edit: change a schema and generate again.
// Context orders, owned by team-orders.
import { type Decimal, defineContract } from '@waybill/contracts';
import type { CustomerId, OrderId } from './brands.ts';

/** Who or what ended the order. */
export type CancelReasonV1 = 'CUSTOMER_REQUEST' | 'PAYMENT_DECLINED' | 'STOCK_REJECTED';

/** One article of an order. */
export interface OrderLineV1 {
  /** The article. */
  readonly sku: string;
  /** How many pieces; at least 1. */
  readonly quantity: number;
  /** The price of all pieces of this line. */
  readonly amount: Decimal;
}

/** How far an order is. */
export type OrderStatusV1 = 'PLACED' | 'CONFIRMED' | 'FULFILLED' | 'CANCELLED';

/** One article of an order. */
export interface OrderLineV2 {
  /** The article. */
  readonly sku: string;
  /** How many pieces; at least 1. */
  readonly quantity: number;
  /** The price of all pieces of this line. */
  readonly amount: Decimal;
}

/** The state of an order at a version. */
export interface OrderSnapshotV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** The customer who placed the order. */
  readonly customerId: CustomerId;
  /** Where the customer wants to be told about the order. Personal data. */
  readonly email: string;
  /** How far the order is. */
  readonly status: OrderStatusV1;
  /** What was ordered. */
  readonly lines: readonly OrderLineV1[];
  /** What the customer pays. */
  readonly total: Decimal;
  /** The currency of all amounts, ISO 4217: `USD`. */
  readonly currency: string;
  /** When the order was accepted. */
  readonly placedAt: Date;
  /** When the order last changed. */
  readonly updatedAt: Date;
}

/** The state of an order at a version. */
export const OrderSnapshotV1 = defineContract<OrderSnapshotV1Data, 'orders.v1.Order'>({
  name: 'orders.v1.Order',
  kind: 'snapshot',
  aggregateType: 'orders.order',
  topic: 'orders.order.snapshot',
  personal: ['email'],
  schema:
    '{"type":"record","name":"Order","namespace":"orders.v1","doc":"The state of an order at a version.","waybill.kind":"snapshot","waybill.aggregate":"orders.order","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"customerId","doc":"The customer who placed the order.","type":{"type":"string","waybill.brand":"CustomerId"}},{"name":"email","doc":"Where the customer wants to be told about the order.","type":"string","waybill.personal":true},{"name":"status","doc":"How far the order is.","type":{"type":"enum","name":"OrderStatus","doc":"How far an order is.","symbols":["PLACED","CONFIRMED","FULFILLED","CANCELLED"]}},{"name":"lines","doc":"What was ordered.","type":{"type":"array","items":{"type":"record","name":"OrderLine","doc":"One article of an order.","fields":[{"name":"sku","doc":"The article.","type":"string"},{"name":"quantity","doc":"How many pieces; at least 1.","type":"int"},{"name":"amount","doc":"The price of all pieces of this line.","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}}]}}},{"name":"total","doc":"What the customer pays.","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},{"name":"currency","doc":"The currency of all amounts, ISO 4217: `USD`.","type":"string"},{"name":"placedAt","doc":"When the order was accepted.","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"updatedAt","doc":"When the order last changed.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** The order will not be carried out. */
export interface OrderCancelledV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** Why. */
  readonly reason: CancelReasonV1;
  /** When it was cancelled. */
  readonly cancelledAt: Date;
}

/** The order will not be carried out. */
export const OrderCancelledV1 = defineContract<OrderCancelledV1Data, 'orders.v1.OrderCancelled'>({
  name: 'orders.v1.OrderCancelled',
  kind: 'event',
  aggregateType: 'orders.order',
  topic: 'orders.order',
  personal: [],
  schema:
    '{"type":"record","name":"OrderCancelled","namespace":"orders.v1","doc":"The order will not be carried out.","waybill.kind":"event","waybill.aggregate":"orders.order","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"reason","doc":"Why.","type":{"type":"enum","name":"CancelReason","doc":"Who or what ended the order.","symbols":["CUSTOMER_REQUEST","PAYMENT_DECLINED","STOCK_REJECTED"]}},{"name":"cancelledAt","doc":"When it was cancelled.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** The order is paid and its stock is reserved. From here it can no longer be cancelled. */
export interface OrderConfirmedV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** When both were known. */
  readonly confirmedAt: Date;
}

/** The order is paid and its stock is reserved. From here it can no longer be cancelled. */
export const OrderConfirmedV1 = defineContract<OrderConfirmedV1Data, 'orders.v1.OrderConfirmed'>({
  name: 'orders.v1.OrderConfirmed',
  kind: 'event',
  aggregateType: 'orders.order',
  topic: 'orders.order',
  personal: [],
  schema:
    '{"type":"record","name":"OrderConfirmed","namespace":"orders.v1","doc":"The order is paid and its stock is reserved. From here it can no longer be cancelled.","waybill.kind":"event","waybill.aggregate":"orders.order","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"confirmedAt","doc":"When both were known.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** The order left the warehouse. Nothing follows. */
export interface OrderFulfilledV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** When the order was fulfilled. */
  readonly fulfilledAt: Date;
}

/** The order left the warehouse. Nothing follows. */
export const OrderFulfilledV1 = defineContract<OrderFulfilledV1Data, 'orders.v1.OrderFulfilled'>({
  name: 'orders.v1.OrderFulfilled',
  kind: 'event',
  aggregateType: 'orders.order',
  topic: 'orders.order',
  personal: [],
  schema:
    '{"type":"record","name":"OrderFulfilled","namespace":"orders.v1","doc":"The order left the warehouse. Nothing follows.","waybill.kind":"event","waybill.aggregate":"orders.order","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"fulfilledAt","doc":"When the order was fulfilled.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** A customer placed an order. Superseded by version 2, beside which it is still published. */
export interface OrderPlacedV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** The customer who placed the order. */
  readonly customerId: CustomerId;
  /** Where the customer wants to be told about the order. Personal data. */
  readonly email: string;
  /** Pieces over all lines. */
  readonly quantity: number;
  /** What the customer pays, in US dollars; 0.00 for a free order. */
  readonly total: Decimal;
  /** When the order was accepted. */
  readonly placedAt: Date;
}

/** A customer placed an order. Superseded by version 2, beside which it is still published. */
export const OrderPlacedV1 = defineContract<OrderPlacedV1Data, 'orders.v1.OrderPlaced'>({
  name: 'orders.v1.OrderPlaced',
  kind: 'event',
  aggregateType: 'orders.order',
  topic: 'orders.order',
  personal: ['email'],
  schema:
    '{"type":"record","name":"OrderPlaced","namespace":"orders.v1","doc":"A customer placed an order. Superseded by version 2, beside which it is still published.","waybill.kind":"event","waybill.aggregate":"orders.order","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"customerId","doc":"The customer who placed the order.","type":{"type":"string","waybill.brand":"CustomerId"}},{"name":"email","doc":"Where the customer wants to be told about the order.","type":"string","waybill.personal":true},{"name":"quantity","doc":"Pieces over all lines.","type":"int"},{"name":"total","doc":"What the customer pays, in US dollars; 0.00 for a free order.","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},{"name":"placedAt","doc":"When the order was accepted.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** A customer placed an order. */
export interface OrderPlacedV2Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** The customer who placed the order. */
  readonly customerId: CustomerId;
  /** Where the customer wants to be told about the order. Personal data. */
  readonly email: string;
  /** What was ordered; at least one line. */
  readonly lines: readonly OrderLineV2[];
  /** What the customer pays: the sum of the lines; 0.00 for a free order. */
  readonly total: Decimal;
  /** The currency of all amounts, ISO 4217: `USD`. */
  readonly currency: string;
  /** The customer's own reference, if one was given. */
  readonly reference: string | null;
  /** When the order was accepted. */
  readonly placedAt: Date;
}

/** A customer placed an order. */
export const OrderPlacedV2 = defineContract<OrderPlacedV2Data, 'orders.v2.OrderPlaced'>({
  name: 'orders.v2.OrderPlaced',
  kind: 'event',
  aggregateType: 'orders.order',
  topic: 'orders.order',
  personal: ['email'],
  schema:
    '{"type":"record","name":"OrderPlaced","namespace":"orders.v2","doc":"A customer placed an order.","waybill.kind":"event","waybill.aggregate":"orders.order","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"customerId","doc":"The customer who placed the order.","type":{"type":"string","waybill.brand":"CustomerId"}},{"name":"email","doc":"Where the customer wants to be told about the order.","type":"string","waybill.personal":true},{"name":"lines","doc":"What was ordered; at least one line.","type":{"type":"array","items":{"type":"record","name":"OrderLine","doc":"One article of an order.","fields":[{"name":"sku","doc":"The article.","type":"string"},{"name":"quantity","doc":"How many pieces; at least 1.","type":"int"},{"name":"amount","doc":"The price of all pieces of this line.","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}}]}}},{"name":"total","doc":"What the customer pays: the sum of the lines; 0.00 for a free order.","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},{"name":"currency","doc":"The currency of all amounts, ISO 4217: `USD`.","type":"string"},{"name":"reference","doc":"The customer\'s own reference, if one was given.","type":["null","string"],"default":null},{"name":"placedAt","doc":"When the order was accepted.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});
