import type { Migration } from '@waybill/service';

/**
 * What failed, in all services, as facts and the services' answers tell it; which consumers were told to be paused; and what
 * each service answered last. Times ending in `_at` are the services', but for `touched_at` and `answered_at`.
 */
export const failuresMigration: Migration = {
  version: 3,
  name: 'failures',
  sql: `
    create table failure (
      id bigint generated always as identity primary key,
      service text not null,
      consumer text not null,
      event_id text not null,
      version bigint not null,
      state text not null check (state in ('retrying', 'dead', 'redriven', 'recovered', 'skipped', 'gone')),
      type text not null,
      tenant text not null,
      aggregate_type text not null,
      aggregate_id text not null,
      correlation_id text,
      fingerprint text,
      error_type text,
      error_code text,
      message text,
      attempts integer not null default 0,
      redriven integer not null default 0,
      holds_entity boolean not null default false,
      parked_id text,
      topic text,
      partition integer,
      log_offset bigint,
      occurred_at timestamptz,
      first_at timestamptz not null,
      last_at timestamptz not null,
      changed_at timestamptz not null,
      place bigint not null,
      touched_at timestamptz not null default clock_timestamp(),
      unique (service, consumer, event_id, version)
    );
    create index failure_open on failure (service, consumer, fingerprint) where state in ('retrying', 'dead', 'redriven');
    create index failure_by_group on failure (fingerprint, id);
    create index failure_by_number on failure (service, parked_id);
    create index failure_by_touch on failure (touched_at);

    create table told_pause (
      service text not null,
      consumer text not null,
      cause text not null,
      dependency text not null,
      reason text not null,
      until timestamptz,
      paused_at timestamptz not null,
      resumed_at timestamptz,
      place bigint not null,
      primary key (service, consumer, cause, dependency)
    );

    create table service_look (
      service text primary key,
      answered_at timestamptz,
      silent_since timestamptz,
      groups jsonb not null default '[]'
    );
  `,
};
