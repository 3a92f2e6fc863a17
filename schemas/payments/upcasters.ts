import { Decimal } from '@waybill/contracts';
import type { PaymentCapturedV1Data, PaymentCapturedV2Data } from '../generated/payments.ts';

/**
 * Version 1 knew US dollars only, and no provider's reference.
 * An amount too large for version 2's ten digits before the point is passed on as it is: it is read, not encoded again.
 */
export function paymentCapturedV1ToV2(data: PaymentCapturedV1Data): PaymentCapturedV2Data {
  const { orderId, paymentId, amountCents, capturedAt } = data;
  return { orderId, paymentId, amount: dollars(amountCents), currency: 'USD', providerReference: null, capturedAt };
}

/** Exact whatever precision the process has set for Decimal, since no arithmetic is done. */
function dollars(cents: bigint): Decimal {
  const sign = cents < 0n ? '-' : '';
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return new Decimal(`${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`);
}
