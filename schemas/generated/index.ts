// Generated from the schemas beside this folder by `./waybill contracts generate`.
// Do not edit: change a schema and generate again.
import type { AnyContract, ContextInfo, TopicSpec } from '@waybill/contracts';
import {
  ReservationSnapshotV1,
  StockRejectedV1,
  StockReleasedV1,
  StockReservedV1,
} from './inventory.ts';
import {
  AuditTrailExtendedV1,
  ConsumerPausedV1,
  ConsumerResumedV1,
  EventFailedV1,
  EventRecoveredV1,
  EventRedrivenV1,
  EventSkippedV1,
} from './operations.ts';
import {
  OrderSnapshotV1,
  OrderCancelledV1,
  OrderConfirmedV1,
  OrderFulfilledV1,
  OrderPlacedV1,
  OrderPlacedV2,
} from './orders.ts';
import {
  PaymentSnapshotV1,
  PaymentCapturedV1,
  PaymentCapturedV2,
  PaymentDeclinedV1,
  PaymentRefundedV1,
} from './payments.ts';
import {
  ShipmentSnapshotV1,
  ShipmentBookedV1,
  ShipmentDispatchedV1,
} from './shipping.ts';

export * from './brands.ts';
export * from './inventory.ts';
export * from './operations.ts';
export * from './orders.ts';
export * from './payments.ts';
export * from './shipping.ts';

/** Every contract of every context. */
export const allContracts: readonly AnyContract[] = [
  ReservationSnapshotV1,
  StockRejectedV1,
  StockReleasedV1,
  StockReservedV1,
  AuditTrailExtendedV1,
  ConsumerPausedV1,
  ConsumerResumedV1,
  EventFailedV1,
  EventRecoveredV1,
  EventRedrivenV1,
  EventSkippedV1,
  OrderSnapshotV1,
  OrderCancelledV1,
  OrderConfirmedV1,
  OrderFulfilledV1,
  OrderPlacedV1,
  OrderPlacedV2,
  PaymentSnapshotV1,
  PaymentCapturedV1,
  PaymentCapturedV2,
  PaymentDeclinedV1,
  PaymentRefundedV1,
  ShipmentSnapshotV1,
  ShipmentBookedV1,
  ShipmentDispatchedV1,
];

/** Every topic, as its context wants it set up. */
export const topics: readonly TopicSpec[] = [
  { name: 'inventory.reservation', aggregateType: 'inventory.reservation', carries: 'events', partitions: 6, cleanupPolicy: 'delete', retentionMs: 2592000000 },
  { name: 'inventory.reservation.snapshot', aggregateType: 'inventory.reservation', carries: 'snapshots', partitions: 6, cleanupPolicy: 'compact', retentionMs: undefined },
  { name: 'operations.entry', aggregateType: 'operations.entry', carries: 'events', partitions: 6, cleanupPolicy: 'delete', retentionMs: 2592000000 },
  { name: 'operations.consumer', aggregateType: 'operations.consumer', carries: 'events', partitions: 1, cleanupPolicy: 'delete', retentionMs: 2592000000 },
  { name: 'operations.audit', aggregateType: 'operations.audit', carries: 'events', partitions: 1, cleanupPolicy: 'delete', retentionMs: 315360000000 },
  { name: 'orders.order', aggregateType: 'orders.order', carries: 'events', partitions: 6, cleanupPolicy: 'delete', retentionMs: 2592000000 },
  { name: 'orders.order.snapshot', aggregateType: 'orders.order', carries: 'snapshots', partitions: 6, cleanupPolicy: 'compact', retentionMs: undefined },
  { name: 'payments.payment', aggregateType: 'payments.payment', carries: 'events', partitions: 6, cleanupPolicy: 'delete', retentionMs: 2592000000 },
  { name: 'payments.payment.snapshot', aggregateType: 'payments.payment', carries: 'snapshots', partitions: 6, cleanupPolicy: 'compact', retentionMs: undefined },
  { name: 'shipping.shipment', aggregateType: 'shipping.shipment', carries: 'events', partitions: 6, cleanupPolicy: 'delete', retentionMs: 2592000000 },
  { name: 'shipping.shipment.snapshot', aggregateType: 'shipping.shipment', carries: 'snapshots', partitions: 6, cleanupPolicy: 'compact', retentionMs: undefined },
];

/** Every context with its owner and its objective. */
export const contexts: readonly ContextInfo[] = [
  { name: 'inventory', owner: 'team-inventory', contact: 'inventory@waybill.example', timeToVisibilityMs: 2000 },
  { name: 'operations', owner: 'team-platform', contact: 'platform@waybill.example', timeToVisibilityMs: 5000 },
  { name: 'orders', owner: 'team-orders', contact: 'orders@waybill.example', timeToVisibilityMs: 2000 },
  { name: 'payments', owner: 'team-payments', contact: 'payments@waybill.example', timeToVisibilityMs: 2000 },
  { name: 'shipping', owner: 'team-shipping', contact: 'shipping@waybill.example', timeToVisibilityMs: 5000 },
];
