import { Decimal } from 'decimal.js';
import { describe, expect, test } from 'vitest';
import { isRefundable, paymentIdFor, settled } from '../../src/domain/payment.ts';

const request = { orderId: 'order-1', paymentId: 'pay-1', amount: new Decimal('29.33'), currency: 'USD' };
const at = new Date('2026-01-01T00:00:00Z');

describe('a payment', () => {
  test('keeps the reference of its capture', () => {
    expect(settled(request, { kind: 'captured', reference: 'cap-9' }, at)).toMatchObject({
      status: 'CAPTURED',
      providerReference: 'cap-9',
      declineReason: undefined,
    });
  });

  test('keeps the reason of its decline, and has no reference then', () => {
    expect(settled(request, { kind: 'declined', reason: 'card_declined' }, at)).toMatchObject({
      status: 'DECLINED',
      providerReference: undefined,
      declineReason: 'card_declined',
    });
  });

  test('is given back only when it was captured, and only once', () => {
    const captured = settled(request, { kind: 'captured', reference: 'cap-9' }, at);
    expect(isRefundable(captured)).toBe(true);
    expect(isRefundable({ ...captured, status: 'REFUNDED' })).toBe(false);
    expect(isRefundable(settled(request, { kind: 'declined', reason: 'card_declined' }, at))).toBe(false);
    expect(isRefundable(undefined)).toBe(false);
  });

  test('has the same id however often its event is handled', () => {
    expect(paymentIdFor('e-1')).toBe(paymentIdFor('e-1'));
    expect(paymentIdFor('e-1')).not.toBe(paymentIdFor('e-2'));
  });
});
