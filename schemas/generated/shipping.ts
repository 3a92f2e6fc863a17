// Generated from the schemas beside this folder by `./waybill contracts generate`.
// Do not edit: change a schema and generate again.
// Context shipping, owned by team-shipping.
import { defineContract } from '@waybill/contracts';
import type { OrderId, ShipmentId } from './brands.ts';

/** How far a shipment is. */
export type ShipmentStatusV1 = 'BOOKED' | 'DISPATCHED';

/** The state of a shipment at a version. */
export interface ShipmentSnapshotV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** The shipment, as the shipping service knows it. */
  readonly shipmentId: ShipmentId;
  /** How far the shipment is. */
  readonly status: ShipmentStatusV1;
  /** Who carries it. */
  readonly carrier: string;
  /** The carrier's code for following it, once it has one. */
  readonly trackingCode: string | null;
  /** When the shipment last changed. */
  readonly updatedAt: Date;
}

/** The state of a shipment at a version. */
export const ShipmentSnapshotV1 = defineContract<ShipmentSnapshotV1Data, 'shipping.v1.Shipment'>({
  name: 'shipping.v1.Shipment',
  kind: 'snapshot',
  aggregateType: 'shipping.shipment',
  topic: 'shipping.shipment.snapshot',
  personal: [],
  schema:
    '{"type":"record","name":"Shipment","namespace":"shipping.v1","doc":"The state of a shipment at a version.","waybill.kind":"snapshot","waybill.aggregate":"shipping.shipment","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"shipmentId","doc":"The shipment, as the shipping service knows it.","type":{"type":"string","waybill.brand":"ShipmentId"}},{"name":"status","doc":"How far the shipment is.","type":{"type":"enum","name":"ShipmentStatus","doc":"How far a shipment is.","symbols":["BOOKED","DISPATCHED"]}},{"name":"carrier","doc":"Who carries it.","type":"string"},{"name":"trackingCode","doc":"The carrier\'s code for following it, once it has one.","type":["null","string"],"default":null},{"name":"updatedAt","doc":"When the shipment last changed.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** A carrier was booked for an order. */
export interface ShipmentBookedV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** The shipment, as the shipping service knows it. */
  readonly shipmentId: ShipmentId;
  /** Who carries it. */
  readonly carrier: string;
  /** When the carrier was booked. */
  readonly bookedAt: Date;
}

/** A carrier was booked for an order. */
export const ShipmentBookedV1 = defineContract<ShipmentBookedV1Data, 'shipping.v1.ShipmentBooked'>({
  name: 'shipping.v1.ShipmentBooked',
  kind: 'event',
  aggregateType: 'shipping.shipment',
  topic: 'shipping.shipment',
  personal: [],
  schema:
    '{"type":"record","name":"ShipmentBooked","namespace":"shipping.v1","doc":"A carrier was booked for an order.","waybill.kind":"event","waybill.aggregate":"shipping.shipment","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"shipmentId","doc":"The shipment, as the shipping service knows it.","type":{"type":"string","waybill.brand":"ShipmentId"}},{"name":"carrier","doc":"Who carries it.","type":"string"},{"name":"bookedAt","doc":"When the carrier was booked.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** The carrier took the goods. */
export interface ShipmentDispatchedV1Data {
  /** The order that this is about; the id of the aggregate. */
  readonly orderId: OrderId;
  /** The shipment, as the shipping service knows it. */
  readonly shipmentId: ShipmentId;
  /** The carrier's code for following it. */
  readonly trackingCode: string;
  /** When the goods left. */
  readonly dispatchedAt: Date;
}

/** The carrier took the goods. */
export const ShipmentDispatchedV1 = defineContract<ShipmentDispatchedV1Data, 'shipping.v1.ShipmentDispatched'>({
  name: 'shipping.v1.ShipmentDispatched',
  kind: 'event',
  aggregateType: 'shipping.shipment',
  topic: 'shipping.shipment',
  personal: [],
  schema:
    '{"type":"record","name":"ShipmentDispatched","namespace":"shipping.v1","doc":"The carrier took the goods.","waybill.kind":"event","waybill.aggregate":"shipping.shipment","fields":[{"name":"orderId","doc":"The order that this is about; the id of the aggregate.","type":{"type":"string","waybill.brand":"OrderId"}},{"name":"shipmentId","doc":"The shipment, as the shipping service knows it.","type":{"type":"string","waybill.brand":"ShipmentId"}},{"name":"trackingCode","doc":"The carrier\'s code for following it.","type":"string"},{"name":"dispatchedAt","doc":"When the goods left.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});
