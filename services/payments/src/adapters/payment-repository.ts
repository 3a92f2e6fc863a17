import type { Queryable } from '@waybill/messaging';
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type { Payments } from '../application/payments.ts';
import type { Payment } from '../domain/payment.ts';

const paymentRow = z.object({
  order_id: z.string(),
  payment_id: z.string(),
  status: z.enum(['CAPTURED', 'DECLINED', 'REFUNDED']),
  amount: z.string(),
  currency: z.string(),
  provider_reference: z.string().nullable(),
  decline_reason: z.string().nullable(),
  updated_at: z.date(),
});

/** The payments in the transaction at hand. */
export function paymentRepository(db: Queryable): Payments {
  return {
    async find(orderId) {
      const { rows } = await db.query('select * from payment where order_id = $1', [orderId]);
      return rows.map(paymentOf)[0];
    },

    async save(payment) {
      await db.query(
        `insert into payment (order_id, payment_id, status, amount, currency, provider_reference, decline_reason,
           updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (order_id) do update set status = excluded.status, updated_at = excluded.updated_at`,
        [
          payment.orderId,
          payment.paymentId,
          payment.status,
          payment.amount.toFixed(2),
          payment.currency,
          payment.providerReference ?? null,
          payment.declineReason ?? null,
          payment.updatedAt,
        ],
      );
    },
  };
}

/** A payment from its row. */
export function paymentOf(row: unknown): Payment {
  const values = paymentRow.parse(row);
  return {
    orderId: values.order_id,
    paymentId: values.payment_id,
    status: values.status,
    amount: new Decimal(values.amount),
    currency: values.currency,
    providerReference: values.provider_reference ?? undefined,
    declineReason: values.decline_reason ?? undefined,
    updatedAt: values.updated_at,
  };
}
