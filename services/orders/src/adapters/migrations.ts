import type { Migration } from '@waybill/service';

/** The tables of orders, in schema `public`. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'orders',
    sql: `
      create table orders (
        order_id text primary key,
        customer_id text not null,
        email text not null,
        lines jsonb not null,
        total numeric(12, 2) not null check (total >= 0),
        currency text not null,
        reference text,
        status text not null check (status in ('PLACED', 'CONFIRMED', 'FULFILLED', 'CANCELLED')),
        paid boolean not null,
        reserved boolean not null,
        cancel_reason text check (cancel_reason in ('CUSTOMER_REQUEST', 'PAYMENT_DECLINED', 'STOCK_REJECTED')),
        placed_at timestamptz not null,
        updated_at timestamptz not null,
        check ((status = 'CANCELLED') = (cancel_reason is not null))
      );
      create index orders_by_status on orders (status, placed_at desc);
      create index orders_by_time on orders (placed_at desc);
    `,
  },
  {
    version: 2,
    name: 'fulfilment',
    sql: `
      create table fulfilment_payment (
        order_id text primary key,
        status text not null,
        amount numeric(12, 2),
        updated_at timestamptz not null
      );
      create table fulfilment_reservation (
        order_id text primary key,
        status text not null,
        updated_at timestamptz not null
      );
      create table fulfilment_shipment (
        order_id text primary key,
        status text not null,
        carrier text,
        tracking_code text,
        updated_at timestamptz not null
      );
    `,
  },
];
