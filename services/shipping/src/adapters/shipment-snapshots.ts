import { orderId, shipmentId, ShipmentSnapshotV1 } from '@waybill/schemas';
import type { SnapshotSource } from '@waybill/service';
import { shipmentOf } from './shipment-repository.ts';

/** Shipments as they stand, for those who missed events or begin late. */
export const shipmentSnapshots: SnapshotSource = {
  contract: ShipmentSnapshotV1,
  async load(tx, ids) {
    const { rows } = await tx.query('select * from shipment where order_id = any($1::text[])', [ids]);
    return new Map(
      rows.map(shipmentOf).map((shipment) => [
        shipment.orderId,
        {
          orderId: orderId(shipment.orderId),
          shipmentId: shipmentId(shipment.shipmentId),
          status: shipment.status,
          carrier: shipment.carrier,
          trackingCode: shipment.trackingCode ?? null,
          updatedAt: shipment.updatedAt,
        },
      ]),
    );
  },
};
