import { orderId, ReservationSnapshotV1 } from '@waybill/schemas';
import type { SnapshotSource } from '@waybill/service';
import { reservationOf } from './stock-repository.ts';

/** Reservations as they stand, for those who missed events or begin late. */
export const reservationSnapshots: SnapshotSource = {
  contract: ReservationSnapshotV1,
  async load(tx, ids) {
    const { rows } = await tx.query('select * from reservation where order_id = any($1::text[])', [ids]);
    return new Map(
      rows
        .map(reservationOf)
        .map((kept) => [
          kept.orderId,
          { orderId: orderId(kept.orderId), status: kept.status, updatedAt: kept.updatedAt },
        ]),
    );
  },
};
