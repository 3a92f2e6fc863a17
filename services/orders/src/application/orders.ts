import type { Order, OrderProgress } from '../domain/order.ts';

/** The orders as seen from within one transaction. */
export interface Orders {
  insert(order: Order): Promise<void>;
  /** Reads an order and holds its row until the transaction ends; `undefined` when there is no such order. */
  lock(orderId: string): Promise<Order | undefined>;
  saveProgress(orderId: string, progress: OrderProgress, at: Date): Promise<void>;
}
