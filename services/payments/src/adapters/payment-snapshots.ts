import { orderId, paymentId, PaymentSnapshotV1 } from '@waybill/schemas';
import type { SnapshotSource } from '@waybill/service';
import { paymentOf } from './payment-repository.ts';

/** Payments as they stand, for those who missed events or begin late. */
export const paymentSnapshots: SnapshotSource = {
  contract: PaymentSnapshotV1,
  async load(tx, ids) {
    const { rows } = await tx.query('select * from payment where order_id = any($1::text[])', [ids]);
    return new Map(
      rows.map(paymentOf).map((payment) => [
        payment.orderId,
        {
          orderId: orderId(payment.orderId),
          paymentId: paymentId(payment.paymentId),
          status: payment.status,
          amount: payment.amount,
          currency: payment.currency,
          updatedAt: payment.updatedAt,
        },
      ]),
    );
  },
};
