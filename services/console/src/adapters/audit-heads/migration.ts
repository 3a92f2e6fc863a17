import type { Migration } from '@waybill/service';

/**
 * Where the audit trails of all services ended, as they published it: kept for as long as the console is, and never
 * changed. `compared`: how far a trail was found to be as published, so that the next time begins there.
 */
export const auditHeadsMigration: Migration = {
  version: 4,
  name: 'audit-heads',
  sql: `
    create table published_head (
      service text not null,
      seq bigint not null,
      hash text not null,
      published_at timestamptz not null,
      partition integer not null,
      log_offset bigint not null,
      read_at timestamptz not null default clock_timestamp(),
      primary key (service, seq, hash)
    );
    create function refuse_published_head_change() returns trigger language plpgsql as $$
    begin
      raise exception 'published_head is append-only';
    end $$;
    create trigger published_head_append_only before update or delete or truncate on published_head
      for each statement execute function refuse_published_head_change();

    create table published_head_position (
      partition integer primary key,
      next_offset bigint not null,
      read_at timestamptz not null
    );

    create table audit_compared (
      service text primary key,
      seq bigint not null,
      heads_until timestamptz not null
    );
  `,
};
