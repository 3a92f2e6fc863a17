// Generated from the schemas beside this folder by `./waybill contracts generate`.
// Do not edit: change a schema and generate again.
// Context payments, owned by team-payments.
import { type Decimal, defineContract } from '@waybill/contracts';
import type { OrderId, PaymentId } from './brands.ts';

/** How a payment stands. */
export type PaymentStatusV1 = 'CAPTURED' | 'DECLINED' | 'REFUNDED';

/** The state of a payment at a version. */
export interface PaymentSnapshotV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** The payment, as the payments service knows it. */
  readonly paymentId: PaymentId;
  /** How the payment stands. */
  readonly status: PaymentStatusV1;
  /** What the payment is about. */
  readonly amount: Decimal;
  /** The currency of all amounts, ISO 4217: `USD`. */
  readonly currency: string;
  /** When the payment last changed. */
  readonly updatedAt: Date;
}

/** The state of a payment at a version. */
export const PaymentSnapshotV1 = defineContract<PaymentSnapshotV1Data, 'payments.v1.Payment'>({
  name: 'payments.v1.Payment',
  kind: 'snapshot',
  aggregateType: 'payments.payment',
  topic: 'payments.payment.snapshot',
  personal: [],
  schema:
    '{"type":"record","name":"Payment","namespace":"payments.v1","doc":"The state of a payment at a version.","waybill.kind":"snapshot","waybill.aggregate":"payments.payment","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"paymentId","doc":"The payment, as the payments service knows it.","type":{"type":"string","waybill.brand":"PaymentId"}},{"name":"status","doc":"How the payment stands.","type":{"type":"enum","name":"PaymentStatus","doc":"How a payment stands.","symbols":["CAPTURED","DECLINED","REFUNDED"]}},{"name":"amount","doc":"What the payment is about.","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},{"name":"currency","doc":"The currency of all amounts, ISO 4217: `USD`.","type":"string"},{"name":"updatedAt","doc":"When the payment last changed.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** The money for an order was captured. No longer published: version 2 says the currency, too. */
export interface PaymentCapturedV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** The payment, as the payments service knows it. */
  readonly paymentId: PaymentId;
  /** What was captured, in cents of a US dollar. */
  readonly amountCents: bigint;
  /** When the provider captured the money. */
  readonly capturedAt: Date;
}

/** The money for an order was captured. No longer published: version 2 says the currency, too. */
export const PaymentCapturedV1 = defineContract<PaymentCapturedV1Data, 'payments.v1.PaymentCaptured'>({
  name: 'payments.v1.PaymentCaptured',
  kind: 'event',
  aggregateType: 'payments.payment',
  topic: 'payments.payment',
  personal: [],
  schema:
    '{"type":"record","name":"PaymentCaptured","namespace":"payments.v1","doc":"The money for an order was captured. No longer published: version 2 says the currency, too.","waybill.kind":"event","waybill.aggregate":"payments.payment","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"paymentId","doc":"The payment, as the payments service knows it.","type":{"type":"string","waybill.brand":"PaymentId"}},{"name":"amountCents","doc":"What was captured, in cents of a US dollar.","type":"long"},{"name":"capturedAt","doc":"When the provider captured the money.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** The money for an order was captured. */
export interface PaymentCapturedV2Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** The payment, as the payments service knows it. */
  readonly paymentId: PaymentId;
  /** What was captured. */
  readonly amount: Decimal;
  /** The currency of all amounts, ISO 4217: `USD`. */
  readonly currency: string;
  /** The provider's name for the capture, if it gave one. */
  readonly providerReference: string | null;
  /** When the provider captured the money. */
  readonly capturedAt: Date;
}

/** The money for an order was captured. */
export const PaymentCapturedV2 = defineContract<PaymentCapturedV2Data, 'payments.v2.PaymentCaptured'>({
  name: 'payments.v2.PaymentCaptured',
  kind: 'event',
  aggregateType: 'payments.payment',
  topic: 'payments.payment',
  personal: [],
  schema:
    '{"type":"record","name":"PaymentCaptured","namespace":"payments.v2","doc":"The money for an order was captured.","waybill.kind":"event","waybill.aggregate":"payments.payment","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"paymentId","doc":"The payment, as the payments service knows it.","type":{"type":"string","waybill.brand":"PaymentId"}},{"name":"amount","doc":"What was captured.","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},{"name":"currency","doc":"The currency of all amounts, ISO 4217: `USD`.","type":"string"},{"name":"providerReference","doc":"The provider\'s name for the capture, if it gave one.","type":["null","string"],"default":null},{"name":"capturedAt","doc":"When the provider captured the money.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** The provider will not pay for an order. */
export interface PaymentDeclinedV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** The payment, as the payments service knows it. */
  readonly paymentId: PaymentId;
  /** The provider's code for its refusal: `card_declined`. */
  readonly reason: string;
  /** When the provider declined. */
  readonly declinedAt: Date;
}

/** The provider will not pay for an order. */
export const PaymentDeclinedV1 = defineContract<PaymentDeclinedV1Data, 'payments.v1.PaymentDeclined'>({
  name: 'payments.v1.PaymentDeclined',
  kind: 'event',
  aggregateType: 'payments.payment',
  topic: 'payments.payment',
  personal: [],
  schema:
    '{"type":"record","name":"PaymentDeclined","namespace":"payments.v1","doc":"The provider will not pay for an order.","waybill.kind":"event","waybill.aggregate":"payments.payment","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"paymentId","doc":"The payment, as the payments service knows it.","type":{"type":"string","waybill.brand":"PaymentId"}},{"name":"reason","doc":"The provider\'s code for its refusal: `card_declined`.","type":"string"},{"name":"declinedAt","doc":"When the provider declined.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** Captured money was given back. */
export interface PaymentRefundedV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** The payment, as the payments service knows it. */
  readonly paymentId: PaymentId;
  /** What was given back. */
  readonly amount: Decimal;
  /** The currency of all amounts, ISO 4217: `USD`. */
  readonly currency: string;
  /** When the provider refunded. */
  readonly refundedAt: Date;
}

/** Captured money was given back. */
export const PaymentRefundedV1 = defineContract<PaymentRefundedV1Data, 'payments.v1.PaymentRefunded'>({
  name: 'payments.v1.PaymentRefunded',
  kind: 'event',
  aggregateType: 'payments.payment',
  topic: 'payments.payment',
  personal: [],
  schema:
    '{"type":"record","name":"PaymentRefunded","namespace":"payments.v1","doc":"Captured money was given back.","waybill.kind":"event","waybill.aggregate":"payments.payment","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"paymentId","doc":"The payment, as the payments service knows it.","type":{"type":"string","waybill.brand":"PaymentId"}},{"name":"amount","doc":"What was given back.","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},{"name":"currency","doc":"The currency of all amounts, ISO 4217: `USD`.","type":"string"},{"name":"refundedAt","doc":"When the provider refunded.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});
