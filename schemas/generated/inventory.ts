// Generated from the schemas beside this folder by `./waybill contracts generate`.
// Do not edit: change a schema and generate again.
// Context inventory, owned by team-inventory.
import { defineContract } from '@waybill/contracts';
import type { OrderId } from './brands.ts';

/** How a reservation stands. */
export type ReservationStatusV1 = 'RESERVED' | 'REJECTED' | 'RELEASED';

/** One article that stock was set aside for. */
export interface ReservedLineV1 {
  /** The article. */
  readonly sku: string;
  /** How many pieces; at least 1. */
  readonly quantity: number;
}

/** The state of a reservation at a version. */
export interface ReservationSnapshotV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** How the reservation stands. */
  readonly status: ReservationStatusV1;
  /** When the reservation last changed. */
  readonly updatedAt: Date;
}

/** The state of a reservation at a version. */
export const ReservationSnapshotV1 = defineContract<ReservationSnapshotV1Data, 'inventory.v1.Reservation'>({
  name: 'inventory.v1.Reservation',
  kind: 'snapshot',
  aggregateType: 'inventory.reservation',
  topic: 'inventory.reservation.snapshot',
  personal: [],
  schema:
    '{"type":"record","name":"Reservation","namespace":"inventory.v1","doc":"The state of a reservation at a version.","waybill.kind":"snapshot","waybill.aggregate":"inventory.reservation","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"status","doc":"How the reservation stands.","type":{"type":"enum","name":"ReservationStatus","doc":"How a reservation stands.","symbols":["RESERVED","REJECTED","RELEASED"]}},{"name":"updatedAt","doc":"When the reservation last changed.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** There is not enough stock for an order, and nothing was set aside. */
export interface StockRejectedV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** The first article that there is not enough of. */
  readonly sku: string;
  /** Pieces asked for. */
  readonly requested: number;
  /** Pieces that were left. */
  readonly available: number;
  /** When it was rejected. */
  readonly rejectedAt: Date;
}

/** There is not enough stock for an order, and nothing was set aside. */
export const StockRejectedV1 = defineContract<StockRejectedV1Data, 'inventory.v1.StockRejected'>({
  name: 'inventory.v1.StockRejected',
  kind: 'event',
  aggregateType: 'inventory.reservation',
  topic: 'inventory.reservation',
  personal: [],
  schema:
    '{"type":"record","name":"StockRejected","namespace":"inventory.v1","doc":"There is not enough stock for an order, and nothing was set aside.","waybill.kind":"event","waybill.aggregate":"inventory.reservation","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"sku","doc":"The first article that there is not enough of.","type":"string"},{"name":"requested","doc":"Pieces asked for.","type":"int"},{"name":"available","doc":"Pieces that were left.","type":"int"},{"name":"rejectedAt","doc":"When it was rejected.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** Stock that was set aside for an order is free again. */
export interface StockReleasedV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** What was set free. */
  readonly lines: readonly ReservedLineV1[];
  /** When it was set free. */
  readonly releasedAt: Date;
}

/** Stock that was set aside for an order is free again. */
export const StockReleasedV1 = defineContract<StockReleasedV1Data, 'inventory.v1.StockReleased'>({
  name: 'inventory.v1.StockReleased',
  kind: 'event',
  aggregateType: 'inventory.reservation',
  topic: 'inventory.reservation',
  personal: [],
  schema:
    '{"type":"record","name":"StockReleased","namespace":"inventory.v1","doc":"Stock that was set aside for an order is free again.","waybill.kind":"event","waybill.aggregate":"inventory.reservation","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"lines","doc":"What was set free.","type":{"type":"array","items":{"type":"record","name":"ReservedLine","doc":"One article that stock was set aside for.","fields":[{"name":"sku","doc":"The article.","type":"string"},{"name":"quantity","doc":"How many pieces; at least 1.","type":"int"}]}}},{"name":"releasedAt","doc":"When it was set free.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** All stock of an order was set aside. */
export interface StockReservedV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** What was set aside. */
  readonly lines: readonly ReservedLineV1[];
  /** When it was set aside. */
  readonly reservedAt: Date;
}

/** All stock of an order was set aside. */
export const StockReservedV1 = defineContract<StockReservedV1Data, 'inventory.v1.StockReserved'>({
  name: 'inventory.v1.StockReserved',
  kind: 'event',
  aggregateType: 'inventory.reservation',
  topic: 'inventory.reservation',
  personal: [],
  schema:
    '{"type":"record","name":"StockReserved","namespace":"inventory.v1","doc":"All stock of an order was set aside.","waybill.kind":"event","waybill.aggregate":"inventory.reservation","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"lines","doc":"What was set aside.","type":{"type":"array","items":{"type":"record","name":"ReservedLine","doc":"One article that stock was set aside for.","fields":[{"name":"sku","doc":"The article.","type":"string"},{"name":"quantity","doc":"How many pieces; at least 1.","type":"int"}]}}},{"name":"reservedAt","doc":"When it was set aside.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});
