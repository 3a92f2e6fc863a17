import type { Migration } from '@waybill/service';

/**
 * The tables of inventory, and the catalogue: twenty articles, three of them scarce, so that about fifteen of the
 * first thousand orders of the example data find nothing left.
 */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'stock',
    sql: `
      create table stock (
        sku text primary key,
        available integer not null check (available >= 0),
        reserved integer not null default 0 check (reserved >= 0)
      ) with (fillfactor = 50);
      create table reservation (
        order_id text primary key,
        status text not null check (status in ('RESERVED', 'REJECTED', 'RELEASED')),
        lines jsonb not null,
        updated_at timestamptz not null
      );
    `,
  },
  {
    version: 2,
    name: 'catalogue',
    sql: `
      insert into stock (sku, available)
      select 'cd-' || lpad(n::text, 2, '0'), case when n in (9, 13, 17) then 112 else 1000000000 end
      from generate_series(0, 19) as n;
    `,
  },
];
