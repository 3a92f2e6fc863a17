import { describe, expect, test } from 'vitest';
import { compose } from '../../src/domain/mail.ts';

const about = { orderId: 'order-1', eventId: '01900000-0000-7000-8000-000000000001', to: 'customer-00001@example.com' };

describe('a mail', () => {
  test('is known by the event that caused it', () => {
    expect(compose({ kind: 'confirmed' }, about).messageId).toBe(
      '<01900000-0000-7000-8000-000000000001@waybill.example>',
    );
  });

  test('goes to the contact and names the order', () => {
    const mail = compose({ kind: 'fulfilled' }, about);
    expect(mail.to).toBe('customer-00001@example.com');
    expect(mail.subject).toBe('Order order-1 is on its way');
  });

  test.each([
    ['CUSTOMER_REQUEST', 'You asked'],
    ['PAYMENT_DECLINED', 'payment was declined'],
    ['STOCK_REJECTED', 'out of stock'],
  ] as const)('says why an order was cancelled: %s', (reason, words) => {
    expect(compose({ kind: 'cancelled', reason }, about).text).toContain(words);
  });
});
