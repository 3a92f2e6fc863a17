import type { Payment } from '../domain/payment.ts';

/** The payments as seen through one connection or transaction. */
export interface Payments {
  find(orderId: string): Promise<Payment | undefined>;
  save(payment: Payment): Promise<void>;
}
