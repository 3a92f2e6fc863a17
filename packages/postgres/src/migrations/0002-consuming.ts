import type { Migration } from '../migrate.ts';

/** Positions, entities, the inbox, what is parked, and the journal of deliveries that had no effect. */
export const consuming: Migration = {
  version: 2,
  name: 'consuming',
  sql: `
-- The position counts at start, not the log's own offsets. The epoch fences whoever held the partition before.
CREATE TABLE waybill.consumer_position (
  consumer    text        NOT NULL,
  topic       text        NOT NULL,
  partition   integer     NOT NULL,
  epoch       bigint      NOT NULL DEFAULT 1,
  next_offset bigint,
  deliveries  bigint      NOT NULL DEFAULT 0,
  updated_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, topic, partition)) WITH (fillfactor = 50);

CREATE TABLE waybill.consumer_bootstrap (
  consumer    text        PRIMARY KEY,
  events_from timestamptz NOT NULL,
  done_at     timestamptz NOT NULL DEFAULT now());

-- At or below applied and not a hole: handled. The last id tells a fork from a duplicate.
CREATE TABLE waybill.entity (
  consumer       text          NOT NULL,
  tenant         text          NOT NULL,
  aggregate_type text          NOT NULL,
  aggregate_id   text          NOT NULL,
  applied        bigint        NOT NULL DEFAULT 0,
  last_id        uuid,
  holes          int8multirange NOT NULL DEFAULT '{}',
  reconciled     integer       NOT NULL DEFAULT 0,
  PRIMARY KEY (consumer, tenant, aggregate_type, aggregate_id)) WITH (fillfactor = 70);

-- The dedupe rows, with what a journey is told from. By id, which begins with its time, so that what the versions
-- cover can be dropped by the month. Ids that are no UUIDv7 of a known month lie in the default partition.
CREATE TABLE waybill.inbox (
  event_id       uuid        NOT NULL,
  consumer       text        NOT NULL,
  tenant         text        NOT NULL,
  aggregate_type text        NOT NULL,
  aggregate_id   text        NOT NULL,
  version        bigint      NOT NULL,
  type           text        NOT NULL,
  event_time     timestamptz NOT NULL,
  correlation_id text        NOT NULL,
  causation_id   text,
  trace_id       text,
  topic          text,
  partition      integer,
  log_offset     bigint,
  arrival        text        NOT NULL,
  received_at    timestamptz NOT NULL,
  handled_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  work_ms        real        NOT NULL,
  attempts       integer     NOT NULL,
  PRIMARY KEY (event_id, consumer)) PARTITION BY RANGE (event_id);
CREATE INDEX inbox_correlation ON waybill.inbox (correlation_id);

CREATE TABLE waybill.inbox_other PARTITION OF waybill.inbox DEFAULT;

CREATE FUNCTION waybill.uuid_at(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Attaches the partitions of the months from one to another that are not there yet. Answers how many that were.
CREATE FUNCTION waybill.attach_inbox_partitions(from_month date, months integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  month timestamptz;
  part text;
  attached integer := 0;
BEGIN
  FOR i IN 0 .. months - 1 LOOP
    month := (date_trunc('month', from_month) + make_interval(months => i)) AT TIME ZONE 'UTC';
    part := 'inbox_' || to_char(month AT TIME ZONE 'UTC', 'YYYYMM');
    CONTINUE WHEN to_regclass('waybill.' || part) IS NOT NULL;
    EXECUTE format('CREATE TABLE waybill.%I (LIKE waybill.inbox INCLUDING ALL)', part);
    EXECUTE format('ALTER TABLE waybill.inbox ATTACH PARTITION waybill.%I FOR VALUES FROM (%L) TO (%L)',
      part, waybill.uuid_at(month), waybill.uuid_at(month + interval '1 month'));
    attached := attached + 1;
  END LOOP;
  RETURN attached;
END $$;
SELECT waybill.attach_inbox_partitions((now() - interval '1 month')::date, 14);

-- One queue for each (consumer, entity): what waits, what is to be retried, and what is dead.
CREATE TABLE waybill.parked (
  id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consumer       text        NOT NULL,
  tenant         text        NOT NULL DEFAULT '',
  aggregate_type text        NOT NULL DEFAULT '',
  aggregate_id   text        NOT NULL DEFAULT '',
  version        bigint      NOT NULL DEFAULT 0,
  event_id       text        NOT NULL,
  type           text,
  correlation_id text,
  reason         text        NOT NULL CHECK (reason IN ('gap', 'behind', 'dependency', 'external', 'retry', 'dead')),
  holds_entity   boolean     NOT NULL,
  due_at         timestamptz,
  attempts       integer     NOT NULL DEFAULT 0,
  claimed_by     text,
  claimed_until  timestamptz,
  call           text        NOT NULL DEFAULT 'none' CHECK (call IN ('none', 'calling', 'interrupted')),
  outcome        jsonb,
  waits_for      text,
  error_type     text,
  error_code     text,
  error_message  text,
  topic          text        NOT NULL,
  partition      integer,
  log_offset     bigint,
  key            text,
  value          bytea,
  -- json, not jsonb: a stranger's header may hold a NUL, which jsonb refuses.
  headers        json        NOT NULL,
  parked_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (consumer, event_id, version, type)) WITH (fillfactor = 70);
CREATE INDEX parked_queue ON waybill.parked (consumer, tenant, aggregate_type, aggregate_id, version) WHERE holds_entity;
CREATE INDEX parked_due ON waybill.parked (consumer, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX parked_waiting ON waybill.parked (waits_for) WHERE waits_for IS NOT NULL;
CREATE INDEX parked_correlation ON waybill.parked (correlation_id);

-- Deliveries that had no effect, and why. Insert-only, and dropped by age.
CREATE TABLE waybill.skipped (
  consumer       text        NOT NULL,
  event_id       uuid        NOT NULL,
  type           text        NOT NULL,
  aggregate_type text        NOT NULL,
  aggregate_id   text        NOT NULL,
  version        bigint      NOT NULL,
  reason         text        NOT NULL,
  correlation_id text        NOT NULL,
  topic          text,
  partition      integer,
  log_offset     bigint,
  skipped_at     timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX skipped_correlation ON waybill.skipped (correlation_id);
CREATE INDEX skipped_age ON waybill.skipped USING brin (skipped_at);
`,
};
