import type { ColumnType } from 'kysely';
import type { CancelReason, OrderStatus } from '../domain/order.ts';

/** An order's line as it lies in its column; the amount is text, which keeps it exact. */
export interface StoredLine {
  readonly sku: string;
  readonly quantity: number;
  readonly amount: string;
}

export interface OrdersTable {
  order_id: string;
  customer_id: string;
  email: string;
  lines: ColumnType<readonly StoredLine[], string, never>;
  /** Exact, as PostgreSQL writes it. */
  total: string;
  currency: string;
  reference: string | null;
  status: OrderStatus;
  paid: boolean;
  reserved: boolean;
  cancel_reason: CancelReason | null;
  placed_at: Date;
  updated_at: Date;
}

/** The tables that the use cases and the HTTP side of orders read and write. */
export interface OrdersDatabase {
  orders: OrdersTable;
  fulfilment_payment: { order_id: string; status: string; amount: string | null; updated_at: Date };
  fulfilment_reservation: { order_id: string; status: string; updated_at: Date };
  fulfilment_shipment: {
    order_id: string;
    status: string;
    carrier: string | null;
    tracking_code: string | null;
    updated_at: Date;
  };
}
