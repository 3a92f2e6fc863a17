import type { Decimal } from 'decimal.js';

export type PaymentStatus = 'CAPTURED' | 'DECLINED' | 'REFUNDED';

export interface Payment {
  readonly orderId: string;
  readonly paymentId: string;
  readonly status: PaymentStatus;
  readonly amount: Decimal;
  readonly currency: string;
  readonly providerReference: string | undefined;
  readonly declineReason: string | undefined;
  readonly updatedAt: Date;
}

/** What the provider says to a capture. */
export type CaptureAnswer =
  { readonly kind: 'captured'; readonly reference: string } | { readonly kind: 'declined'; readonly reason: string };

/** A payment as it stands before the provider was asked. */
export type PaymentRequest = Pick<Payment, 'orderId' | 'paymentId' | 'amount' | 'currency'>;

/** The payment that a capture's answer makes. */
export function settled(request: PaymentRequest, answer: CaptureAnswer, at: Date): Payment {
  const base = { ...request, updatedAt: at };
  return answer.kind === 'captured'
    ? { ...base, status: 'CAPTURED', providerReference: answer.reference, declineReason: undefined }
    : { ...base, status: 'DECLINED', providerReference: undefined, declineReason: answer.reason };
}

/** Whether a cancelled order has money to give back: only what was captured, and only once. */
export function isRefundable(payment: Payment | undefined): payment is Payment {
  return payment?.status === 'CAPTURED';
}

/** An order has one payment, known by the event that asked for it: asking again makes no other. */
export function paymentIdFor(eventId: string): string {
  return `pay-${eventId}`;
}
