import type { Migration } from '@waybill/service';

/** The tables of shipping, in schema `public`. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'shipment',
    sql: `
      create table shipment (
        order_id text primary key,
        shipment_id text not null unique,
        status text not null check (status in ('BOOKED', 'DISPATCHED')),
        carrier text not null,
        tracking_code text,
        origin jsonb not null,
        updated_at timestamptz not null,
        check ((status = 'DISPATCHED') = (tracking_code is not null))
      );
      create index shipment_booked on shipment (updated_at) where status = 'BOOKED';
    `,
  },
];
