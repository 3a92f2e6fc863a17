import type { Queryable } from '@waybill/messaging';
import { orderId, ShipmentDispatchedV1, shipmentId } from '@waybill/schemas';
import { type BackgroundTask, resume, type ServiceRuntime } from '@waybill/service';
import { dispatch } from '../domain/shipment.ts';
import type { BookedShipment, Shipments } from './shipments.ts';

/** Milliseconds that packing takes. */
const packingMs = 200;
const batchSize = 50;

export interface DispatchPorts {
  readonly runtime: Pick<ServiceRuntime, 'transaction' | 'publish'>;
  shipments(tx: Queryable): Shipments;
  now(): Date;
}

/** Hands what is packed to the carriers, a batch in one transaction, until nothing is left. */
export function dispatching({ runtime, shipments, now }: DispatchPorts): BackgroundTask {
  async function dispatchBatch(): Promise<number> {
    const bookedBefore = new Date(now().getTime() - packingMs);
    return runtime.transaction(async (tx) => {
      const taken = await shipments(tx).takeBooked(bookedBefore, batchSize);
      for (const booked of taken) await dispatchOne(tx, booked);
      return taken.length;
    });
  }

  async function dispatchOne(tx: Queryable, { shipment, origin }: BookedShipment): Promise<void> {
    const sent = dispatch(shipment, now());
    await shipments(tx).save(sent);
    await resume(origin, () =>
      runtime.publish(tx, ShipmentDispatchedV1, {
        aggregateId: sent.orderId,
        data: {
          orderId: orderId(sent.orderId),
          shipmentId: shipmentId(sent.shipmentId),
          trackingCode: sent.trackingCode,
          dispatchedAt: sent.updatedAt,
        },
      }),
    );
  }

  return {
    name: 'dispatch',
    intervalMs: 100,
    async run(signal) {
      while (!signal.aborted && (await dispatchBatch()) === batchSize);
    },
  };
}
