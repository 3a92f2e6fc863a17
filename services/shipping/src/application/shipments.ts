import type { Origin } from '@waybill/service';
import type { Shipment } from '../domain/shipment.ts';

/** A shipment with the event that it was booked for. */
export interface BookedShipment {
  readonly shipment: Shipment;
  readonly origin: Origin;
}

/** The shipments as seen from within one transaction. */
export interface Shipments {
  insert(shipment: Shipment, origin: Origin): Promise<void>;
  save(shipment: Shipment): Promise<void>;
  find(orderId: string): Promise<Shipment | undefined>;
  /** Takes up to `limit` shipments booked before `bookedBefore`, in order-id order, that nobody else has taken. */
  takeBooked(bookedBefore: Date, limit: number): Promise<readonly BookedShipment[]>;
}
