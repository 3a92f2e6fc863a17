import type { Migration } from '../migrate.ts';

/** Stream heads, the outbox with its first partitions, the relay's shards and members, and what is held. */
export const publishing: Migration = {
  version: 1,
  name: 'publishing',
  sql: `
-- Refuses from inside a statement, so that the business transaction cannot commit what was refused.
CREATE FUNCTION waybill.refuse(code text, reason text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', reason USING ERRCODE = code;
END $$;

-- Which cluster wrote a row: transaction ids of one mean nothing in another. 0 where the server does not tell.
CREATE FUNCTION waybill.cluster_id() RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN (SELECT system_identifier FROM pg_control_system());
EXCEPTION WHEN insufficient_privilege OR undefined_function THEN
  RETURN 0;
END $$;

-- Updated once for each event of an aggregate: half-empty pages keep those updates on their own page.
CREATE TABLE waybill.stream (
  tenant         text   NOT NULL,
  aggregate_type text   NOT NULL,
  aggregate_id   text   NOT NULL,
  version        bigint NOT NULL,
  PRIMARY KEY (tenant, aggregate_type, aggregate_id)) WITH (fillfactor = 50);

-- CACHE 1 is load-bearing: with more, two sessions draw positions out of version order.
CREATE SEQUENCE waybill.outbox_position AS bigint CACHE 1;

-- A column for the key and for each header, so that change data capture can publish the same records.
CREATE TABLE waybill.outbox (
  position         bigint      NOT NULL DEFAULT nextval('waybill.outbox_position') PRIMARY KEY,
  xid              xid8        NOT NULL DEFAULT pg_current_xact_id(),
  cluster          bigint      NOT NULL DEFAULT waybill.cluster_id(),
  slot             smallint    NOT NULL,
  kind             text        NOT NULL CHECK (kind IN ('event', 'snapshot')),
  id               uuid        NOT NULL,
  major            smallint    NOT NULL,
  tenant           text        NOT NULL DEFAULT '',
  aggregatetype    text        NOT NULL,
  aggregateid      text        NOT NULL,
  aggregateversion bigint      NOT NULL,
  partitionkey     text        NOT NULL,
  type             text        NOT NULL,
  topic            text        NOT NULL,
  payload          bytea       NOT NULL,
  specversion      text        NOT NULL DEFAULT '1.0',
  source           text        NOT NULL,
  time             text        NOT NULL,
  dataschema       text        NOT NULL,
  contenttype      text        NOT NULL,
  correlationid    text        NOT NULL,
  causationid      text,
  renditions       text,
  traceparent      text,
  tracestate       text,
  baggage          text,
  created_at       timestamptz NOT NULL DEFAULT now()) PARTITION BY RANGE (position);

CREATE INDEX outbox_xid ON waybill.outbox (xid);

-- A row with another transaction's id would be invisible to the relay for ever. The condition is evaluated without
-- a call for every honest row; the function runs only to refuse.
CREATE FUNCTION waybill.refuse_xid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'waybill.outbox.xid is set by the server alone: leave the column out of the INSERT' USING ERRCODE = 'WB003';
END $$;
CREATE TRIGGER outbox_xid BEFORE INSERT ON waybill.outbox FOR EACH ROW
  WHEN (NEW.xid <> pg_current_xact_id()) EXECUTE FUNCTION waybill.refuse_xid();

-- Attaches the next partition: built beside the table and attached, so that no writer waits for it.
CREATE FUNCTION waybill.attach_outbox_partition(from_position bigint, to_position bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  part text := format('outbox_p%s', from_position);
BEGIN
  EXECUTE format('CREATE TABLE waybill.%I (LIKE waybill.outbox INCLUDING ALL)', part);
  EXECUTE format('CREATE UNIQUE INDEX %I ON waybill.%I (tenant, aggregatetype, aggregateid, aggregateversion, type)
    WHERE kind = ''event''', part || '_version', part);
  EXECUTE format('ALTER TABLE waybill.outbox ATTACH PARTITION waybill.%I FOR VALUES FROM (%s) TO (%s)', part, from_position, to_position);
  RETURN part;
END $$;
SELECT waybill.attach_outbox_partition(1, 1000001), waybill.attach_outbox_partition(1000001, 2000001),
       waybill.attach_outbox_partition(2000001, 3000001);

-- One row for each shard: its lease, its fencing epoch and its cursor, in the outbox's own database.
CREATE TABLE waybill.relay_shard (
  shard       smallint    PRIMARY KEY,
  epoch       bigint      NOT NULL DEFAULT 0,
  owner       text,
  lease_until timestamptz,
  prev        pg_snapshot NOT NULL DEFAULT '1:1:',
  target      pg_snapshot,
  position    bigint,
  cluster     bigint      NOT NULL DEFAULT waybill.cluster_id(),
  saved_at    timestamptz NOT NULL DEFAULT now(),
  CHECK ((target IS NULL) = (position IS NULL))) WITH (fillfactor = 50);
INSERT INTO waybill.relay_shard (shard) SELECT generate_series(0, 15);

CREATE TABLE waybill.relay_member (
  relay       text        PRIMARY KEY,
  alive_until timestamptz NOT NULL) WITH (fillfactor = 50);

-- Aggregates of which an event could not be published. Nothing from from_version on goes out until it is released.
CREATE TABLE waybill.outbox_held (
  kind          text        NOT NULL,
  tenant        text        NOT NULL,
  aggregatetype text        NOT NULL,
  aggregateid   text        NOT NULL,
  slot          smallint    NOT NULL,
  from_version  bigint      NOT NULL,
  position      bigint      NOT NULL,
  code          text        NOT NULL,
  message       text        NOT NULL,
  held_at       timestamptz NOT NULL DEFAULT now(),
  release       boolean     NOT NULL DEFAULT false,
  PRIMARY KEY (kind, tenant, aggregatetype, aggregateid));

-- Readers of the outbox other than the relay, by name: the snapshotter.
CREATE TABLE waybill.outbox_reader (
  name     text        PRIMARY KEY,
  prev     pg_snapshot NOT NULL,
  cluster  bigint      NOT NULL DEFAULT waybill.cluster_id(),
  saved_at timestamptz NOT NULL DEFAULT now());
`,
};
