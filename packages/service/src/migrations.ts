import type { Migration } from '@waybill/postgres';

/** What every service has beside its own tables; the namespace is `service`. */
export const serviceMigrations: readonly Migration[] = [
  {
    version: 1,
    name: 'idempotency-key',
    sql: `
      CREATE TABLE public.idempotency_key (
        scope        text        NOT NULL,
        key          text        NOT NULL,
        request_hash bytea       NOT NULL,
        status       smallint    NOT NULL,
        headers      jsonb       NOT NULL DEFAULT '{}',
        body         text,
        created_at   timestamptz NOT NULL DEFAULT now(),
        expires_at   timestamptz NOT NULL,
        PRIMARY KEY (scope, key));
      CREATE INDEX idempotency_key_expires_at ON public.idempotency_key (expires_at);`,
  },
  {
    version: 2,
    name: 'effect-ledger',
    sql: `
      CREATE TABLE public.effect_ledger (
        consumer       text        NOT NULL,
        event_id       uuid        NOT NULL,
        aggregate_type text        NOT NULL,
        aggregate_id   text        NOT NULL,
        version        bigint      NOT NULL,
        type           text        NOT NULL,
        at             timestamptz NOT NULL DEFAULT clock_timestamp());`,
  },
];
