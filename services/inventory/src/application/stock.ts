import type { ReservationStatus, StockLine } from '../domain/stock.ts';

export interface Reservation {
  readonly orderId: string;
  readonly status: ReservationStatus;
  /** What was taken, in article order; empty for a rejection. */
  readonly lines: readonly StockLine[];
  readonly updatedAt: Date;
}

/** Stock and reservations as seen from within one transaction. */
export interface Stock {
  /** How much there is of each article, held until the transaction ends; articles that are not kept are left out. */
  lock(skus: readonly string[]): Promise<ReadonlyMap<string, number>>;
  take(lines: readonly StockLine[]): Promise<void>;
  giveBack(lines: readonly StockLine[]): Promise<void>;
  reservation(orderId: string): Promise<Reservation | undefined>;
  saveReservation(reservation: Reservation): Promise<void>;
}
