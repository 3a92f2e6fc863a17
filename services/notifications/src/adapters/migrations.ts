import type { Migration } from '@waybill/service';

/** The tables of notifications, in schema `public`. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'contact',
    sql: `
      create table contact (
        order_id text primary key,
        email text not null,
        status text not null check (status in ('PLACED', 'CONFIRMED', 'FULFILLED', 'CANCELLED'))
      );
    `,
  },
  {
    version: 2,
    name: 'sent-mail',
    sql: `
      create table sent_mail (
        event_id uuid primary key,
        order_id text not null,
        subject text not null,
        sent_at timestamptz not null
      );
      create index sent_mail_by_order on sent_mail (order_id);
    `,
  },
];
