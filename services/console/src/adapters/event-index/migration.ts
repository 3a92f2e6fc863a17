import type { Migration } from '@waybill/service';

/**
 * The event index, by the month of the events' time, so that what is too old goes as a table and not row by row. An event
 * whose month has no table lies in the one for others until its month gets one.
 */
export const eventIndexMigration: Migration = {
  version: 2,
  name: 'event-index',
  sql: `
    create table event_index (
      time timestamptz not null,
      indexed_at timestamptz not null default clock_timestamp(),
      version bigint not null,
      event_id uuid not null,
      causation_id uuid,
      trace_id uuid,
      type text not null,
      source text not null,
      topic text not null,
      tenant text not null,
      aggregate_type text not null,
      aggregate_id text not null,
      correlation_id text not null,
      business_ids text[] not null,
      primary key (event_id, time)
    ) partition by range (time);
    create index event_index_by_correlation on event_index (correlation_id, time);
    create index event_index_by_entity on event_index (aggregate_id, time);
    create index event_index_by_trace on event_index (trace_id);
    create index event_index_by_business_id on event_index using gin (business_ids);
    -- Of a business id that stands in many events, only those of some days are then read.
    create index event_index_by_time on event_index using brin (time) with (pages_per_range = 32);
    create table event_index_other partition of event_index default;

    -- Makes the tables of some months that are not there yet, and moves into each what waited for it among the others.
    create function attach_event_index(from_month date, months integer) returns integer
      language plpgsql set lock_timeout = '5s' as $$
    declare
      start timestamptz;
      part text;
      attached integer := 0;
    begin
      perform pg_advisory_xact_lock(hashtextextended('console.event_index', 0));
      for i in 0 .. months - 1 loop
        start := (date_trunc('month', from_month) + make_interval(months => i)) at time zone 'UTC';
        part := 'event_index_' || to_char(start at time zone 'UTC', 'YYYYMM');
        continue when to_regclass(part) is not null;
        execute format('create table %I (like event_index including all)', part);
        execute format('with moved as (delete from event_index_other where time >= $1 and time < $2 returning *)
          insert into %I select * from moved', part)
          using start, start + interval '1 month';
        execute format('alter table event_index attach partition %I for values from (%L) to (%L)',
          part, start, start + interval '1 month');
        attached := attached + 1;
      end loop;
      return attached;
    end $$;

    -- Drops the tables of months that ended before a time, and what is older among the others. Answers what was dropped.
    create function drop_event_index(oldest timestamptz) returns setof text
      language plpgsql set lock_timeout = '5s' as $$
    declare
      part text;
    begin
      perform pg_advisory_xact_lock(hashtextextended('console.event_index', 0));
      for part in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'event_index'::regclass and c.relname ~ '^event_index_[0-9]{6}$'
           and c.relname < 'event_index_' || to_char(oldest at time zone 'UTC', 'YYYYMM')
         order by c.relname
      loop
        execute format('drop table %I', part);
        return next part;
      end loop;
      delete from event_index_other where time < oldest;
    end $$;

    select attach_event_index((now() - interval '2 months')::date, 6);
  `,
};
