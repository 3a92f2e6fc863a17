import { consumer, type ConsumerDefinition, type HandlerContext, onExternal, type Queryable } from '@waybill/messaging';
import {
  OrderCancelledV1,
  orderId,
  OrderPlacedV2,
  PaymentCapturedV2,
  PaymentDeclinedV1,
  paymentId,
  PaymentRefundedV1,
} from '@waybill/schemas';
import { ledgered } from '@waybill/service';
import { isRefundable, type Payment, paymentIdFor, settled } from '../domain/payment.ts';
import type { Payments } from './payments.ts';
import type { PaymentProvider } from './provider.ts';

export interface CapturePorts {
  readonly provider: PaymentProvider;
  payments(db: Queryable): Payments;
  now(): Date;
}

/**
 * Takes the money for each order that costs something, and gives it back when the order is cancelled. An order's
 * events come in order, so its capture has been settled when its cancel is handled.
 */
export function paymentCapture({ provider, payments, now }: CapturePorts): ConsumerDefinition {
  const name = 'payments.capture';

  const capturing = onExternal(OrderPlacedV2, {
    external: {
      idempotent: true,
      dependency: 'payment-provider',
      when: ({ data }) => data.total.greaterThan(0),
      call: ({ data }, { idempotencyKey, signal }) =>
        provider.capture({
          orderId: data.orderId,
          amount: data.total,
          currency: data.currency,
          idempotencyKey,
          signal,
        }),
    },
    async handle({ id, data }, context, answer) {
      if (answer === undefined) return;
      const request = {
        orderId: data.orderId,
        paymentId: paymentIdFor(id),
        amount: data.total,
        currency: data.currency,
      };
      const payment = settled(request, answer, now());
      await payments(context.tx).save(payment);
      await announce(payment, context);
    },
  });

  const refunding = onExternal(OrderCancelledV1, {
    external: {
      idempotent: true,
      dependency: 'payment-provider',
      async call({ data }, { idempotencyKey, signal, db }) {
        const payment = await payments(db).find(data.orderId);
        if (!isRefundable(payment)) return 'nothing-to-refund';
        await provider.refund({ ...payment, idempotencyKey, signal });
        return 'refunded';
      },
    },
    async handle({ data }, context, outcome) {
      if (outcome !== 'refunded') return;
      const captured = await payments(context.tx).find(data.orderId);
      if (!isRefundable(captured)) return;
      const payment: Payment = { ...captured, status: 'REFUNDED', updatedAt: now() };
      await payments(context.tx).save(payment);
      await announce(payment, context);
    },
  });

  return consumer({
    name,
    kind: 'reaction',
    from: 'beginning',
    // What is skipped here is paid by nobody, or never paid back.
    criticality: 'critical',
    objective: { visibleWithinMs: 2_000, share: 0.99 },
    handlers: ledgered([capturing, refunding], name),
  });
}

/** Tells the world how a payment stands now. */
async function announce(payment: Payment, context: HandlerContext): Promise<void> {
  const aggregateId = payment.orderId;
  const ids = { orderId: orderId(payment.orderId), paymentId: paymentId(payment.paymentId) };
  const { amount, currency, updatedAt } = payment;
  switch (payment.status) {
    case 'CAPTURED':
      await context.publish(PaymentCapturedV2, {
        aggregateId,
        data: { ...ids, amount, currency, providerReference: payment.providerReference ?? null, capturedAt: updatedAt },
      });
      return;
    case 'DECLINED':
      await context.publish(PaymentDeclinedV1, {
        aggregateId,
        data: { ...ids, reason: payment.declineReason ?? 'unknown', declinedAt: updatedAt },
      });
      return;
    case 'REFUNDED':
      await context.publish(PaymentRefundedV1, {
        aggregateId,
        data: { ...ids, amount, currency, refundedAt: updatedAt },
      });
  }
}
