/** What a customer is told about. */
export type Notice =
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'fulfilled' }
  | { readonly kind: 'cancelled'; readonly reason: 'CUSTOMER_REQUEST' | 'PAYMENT_DECLINED' | 'STOCK_REJECTED' };

export interface Mail {
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

const reasons = {
  CUSTOMER_REQUEST: 'You asked us to cancel it.',
  PAYMENT_DECLINED: 'Your payment was declined.',
  STOCK_REJECTED: 'An article is out of stock.',
} as const;

/**
 * Writes the mail for a notice. Its Message-ID comes from the event, so a mail that is sent twice can be told by
 * whoever receives it (RFC 5322 section 3.6.4).
 */
export function compose(notice: Notice, about: { orderId: string; eventId: string; to: string }): Mail {
  const { subject, sentence } = wording(notice, about.orderId);
  return {
    messageId: `<${about.eventId}@waybill.example>`,
    to: about.to,
    subject,
    text: `Hello,\n\n${sentence}\n\nYour shop\n`,
  };
}

function wording(notice: Notice, orderId: string): { subject: string; sentence: string } {
  switch (notice.kind) {
    case 'confirmed':
      return {
        subject: `Order ${orderId} is confirmed`,
        sentence: 'Your order is paid and its articles are reserved.',
      };
    case 'fulfilled':
      return { subject: `Order ${orderId} is on its way`, sentence: 'Your order was handed to the carrier.' };
    case 'cancelled':
      return {
        subject: `Order ${orderId} is cancelled`,
        sentence: `Your order was cancelled. ${reasons[notice.reason]}`,
      };
  }
}
