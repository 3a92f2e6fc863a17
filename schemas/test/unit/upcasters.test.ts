import { Decimal } from '@waybill/contracts';
import { describe, expect, it } from 'vitest';
import { orderId, paymentCapturedV1ToV2, PaymentCapturedV2, paymentId } from '../../index.ts';

const captured = (amountCents: bigint) => ({
  orderId: orderId('order-1'),
  paymentId: paymentId('payment-1'),
  amountCents,
  capturedAt: new Date(0),
});

describe('the upcaster of PaymentCaptured', () => {
  it('turns cents into dollars, and says what version 1 left unsaid', () => {
    const data = paymentCapturedV1ToV2(captured(2933n));
    expect(data).toEqual({
      orderId: 'order-1',
      paymentId: 'payment-1',
      amount: new Decimal('29.33'),
      currency: 'USD',
      providerReference: null,
      capturedAt: new Date(0),
    });
    expect(PaymentCapturedV2.codec.decode(PaymentCapturedV2.codec.encode(data))).toEqual(data);
  });

  it.each([
    [0n, '0'],
    [5n, '0.05'],
    [-5n, '-0.05'],
    [100n, '1'],
    [2n ** 63n - 1n, '92233720368547758.07'],
  ])('turns %s cents into %s exactly', (cents, dollars) => {
    expect(paymentCapturedV1ToV2(captured(cents)).amount.toFixed()).toBe(dollars);
  });
});
