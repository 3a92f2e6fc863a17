import { consumer, type ConsumerDefinition, on, onSnapshot, type Queryable, upcaster } from '@waybill/messaging';
import {
  PaymentCapturedV1,
  paymentCapturedV1ToV2,
  PaymentCapturedV2,
  PaymentDeclinedV1,
  PaymentRefundedV1,
  PaymentSnapshotV1,
  ReservationSnapshotV1,
  ShipmentBookedV1,
  ShipmentDispatchedV1,
  ShipmentSnapshotV1,
  StockRejectedV1,
  StockReleasedV1,
  StockReservedV1,
} from '@waybill/schemas';
import { ledgered, ledgerTable } from '@waybill/service';
import type { Decimal } from 'decimal.js';

export interface PaymentState {
  readonly orderId: string;
  readonly status: 'CAPTURED' | 'DECLINED' | 'REFUNDED';
  /** What was asked for; a decline does not say it. */
  readonly amount: Decimal | undefined;
  readonly updatedAt: Date;
}

export interface ReservationState {
  readonly orderId: string;
  readonly status: 'RESERVED' | 'REJECTED' | 'RELEASED';
  readonly updatedAt: Date;
}

export interface ShipmentState {
  readonly orderId: string;
  readonly status: 'BOOKED' | 'DISPATCHED';
  /** Known from the booking on; a dispatch does not repeat it. */
  readonly carrier: string | undefined;
  readonly trackingCode: string | undefined;
  readonly updatedAt: Date;
}

/** The copy of what the others do for an order. Saving leaves what is `undefined` as it was. */
export interface Fulfilment {
  savePayment(state: PaymentState): Promise<void>;
  saveReservation(state: ReservationState): Promise<void>;
  saveShipment(state: ShipmentState): Promise<void>;
}

/** Keeps orders' copy of payments, reservations and shipments, by their events and their snapshots. */
export function fulfilmentProjection(fulfilmentIn: (tx: Queryable) => Fulfilment): ConsumerDefinition {
  const name = 'orders.fulfilment';
  return consumer({
    name,
    kind: 'projection',
    objective: { visibleWithinMs: 2_000, share: 0.99 },
    tables: ['fulfilment_payment', 'fulfilment_reservation', 'fulfilment_shipment', ledgerTable],
    upcasters: [upcaster(PaymentCapturedV1, PaymentCapturedV2, paymentCapturedV1ToV2)],
    handlers: ledgered(
      [
        on(PaymentCapturedV2, ({ data: { orderId, amount, capturedAt } }, { tx }) =>
          fulfilmentIn(tx).savePayment({ orderId, status: 'CAPTURED', amount, updatedAt: capturedAt }),
        ),
        on(PaymentDeclinedV1, ({ data: { orderId, declinedAt } }, { tx }) =>
          fulfilmentIn(tx).savePayment({ orderId, status: 'DECLINED', amount: undefined, updatedAt: declinedAt }),
        ),
        on(PaymentRefundedV1, ({ data: { orderId, amount, refundedAt } }, { tx }) =>
          fulfilmentIn(tx).savePayment({ orderId, status: 'REFUNDED', amount, updatedAt: refundedAt }),
        ),
        on(StockReservedV1, ({ data: { orderId, reservedAt } }, { tx }) =>
          fulfilmentIn(tx).saveReservation({ orderId, status: 'RESERVED', updatedAt: reservedAt }),
        ),
        on(StockRejectedV1, ({ data: { orderId, rejectedAt } }, { tx }) =>
          fulfilmentIn(tx).saveReservation({ orderId, status: 'REJECTED', updatedAt: rejectedAt }),
        ),
        on(StockReleasedV1, ({ data: { orderId, releasedAt } }, { tx }) =>
          fulfilmentIn(tx).saveReservation({ orderId, status: 'RELEASED', updatedAt: releasedAt }),
        ),
        on(ShipmentBookedV1, ({ data: { orderId, carrier, bookedAt } }, { tx }) =>
          fulfilmentIn(tx).saveShipment({
            orderId,
            status: 'BOOKED',
            carrier,
            trackingCode: undefined,
            updatedAt: bookedAt,
          }),
        ),
        on(ShipmentDispatchedV1, ({ data: { orderId, trackingCode, dispatchedAt } }, { tx }) =>
          fulfilmentIn(tx).saveShipment({
            orderId,
            status: 'DISPATCHED',
            carrier: undefined,
            trackingCode,
            updatedAt: dispatchedAt,
          }),
        ),
      ],
      name,
    ),
    snapshots: [
      onSnapshot(PaymentSnapshotV1, ({ data: { orderId, status, amount, updatedAt } }, { tx }) =>
        // As the events tell it: a decline does not say what was asked for.
        fulfilmentIn(tx).savePayment({
          orderId,
          status,
          amount: status === 'DECLINED' ? undefined : amount,
          updatedAt,
        }),
      ),
      onSnapshot(ReservationSnapshotV1, ({ data: { orderId, status, updatedAt } }, { tx }) =>
        fulfilmentIn(tx).saveReservation({ orderId, status, updatedAt }),
      ),
      onSnapshot(ShipmentSnapshotV1, ({ data: { orderId, status, carrier, trackingCode, updatedAt } }, { tx }) =>
        fulfilmentIn(tx).saveShipment({ orderId, status, carrier, trackingCode: trackingCode ?? undefined, updatedAt }),
      ),
    ],
  });
}
