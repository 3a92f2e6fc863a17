import type { Migration } from '@waybill/service';

/** The tables of payments, in schema `public`. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'payment',
    sql: `
      create table payment (
        order_id text primary key,
        payment_id text not null unique,
        status text not null check (status in ('CAPTURED', 'DECLINED', 'REFUNDED')),
        amount numeric(12, 2) not null check (amount > 0),
        currency text not null,
        provider_reference text,
        decline_reason text,
        updated_at timestamptz not null,
        check ((status = 'DECLINED') = (decline_reason is not null))
      );
    `,
  },
];
