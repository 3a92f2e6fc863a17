export type ShipmentStatus = 'BOOKED' | 'DISPATCHED';

export interface Shipment {
  readonly orderId: string;
  readonly shipmentId: string;
  readonly status: ShipmentStatus;
  readonly carrier: string;
  readonly trackingCode: string | undefined;
  readonly updatedAt: Date;
}

const carriers = ['north-post', 'parcel-line', 'city-bike'] as const;

/** Books a shipment; orders are spread over the carriers by their id, so that asking again names the same one. */
export function book(orderId: string, shipmentId: string, at: Date): Shipment {
  return {
    orderId,
    shipmentId,
    status: 'BOOKED',
    carrier: carrierFor(orderId),
    trackingCode: undefined,
    updatedAt: at,
  };
}

/** Hands a booked shipment to its carrier, who gives the tracking code. */
export function dispatch(shipment: Shipment, at: Date): Shipment & { readonly trackingCode: string } {
  return {
    ...shipment,
    status: 'DISPATCHED',
    trackingCode: `${shipment.carrier}-${shipment.shipmentId}`.toUpperCase(),
    updatedAt: at,
  };
}

/** An order has one shipment, known by the event that asked for it. */
export function shipmentIdFor(eventId: string): string {
  return `ship-${eventId}`;
}

function carrierFor(orderId: string): string {
  let sum = 0;
  for (const character of orderId) sum += character.codePointAt(0) ?? 0;
  return carriers[sum % carriers.length] ?? carriers[0];
}
