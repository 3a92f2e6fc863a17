import type { Migration } from '../migrate.ts';

/**
 * Takes from each insert into the outbox what it did not need: a trigger before it made the server check the partition's
 * bounds a second time, a constraint was one more expression to read, and the cluster's identifier was a call.
 */
export const lighterInserts: Migration = {
  version: 4,
  name: 'lighter-inserts',
  sql: `
CREATE OR REPLACE FUNCTION waybill.refuse_xid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind NOT IN ('event', 'snapshot') THEN
    RAISE EXCEPTION 'waybill.outbox.kind is "%": it is event or snapshot', NEW.kind USING ERRCODE = 'check_violation';
  END IF;
  RAISE EXCEPTION 'waybill.outbox.xid is set by the server alone: leave the column out of the INSERT' USING ERRCODE = 'WB003';
END $$;
DROP TRIGGER outbox_xid ON waybill.outbox;
CREATE TRIGGER outbox_guard AFTER INSERT ON waybill.outbox FOR EACH ROW
  WHEN (NEW.xid <> pg_current_xact_id() OR NEW.kind <> 'event' AND NEW.kind <> 'snapshot') EXECUTE FUNCTION waybill.refuse_xid();
ALTER TABLE waybill.outbox DROP CONSTRAINT outbox_kind_check;

-- The head first, which locks the aggregate until the commit; the row's position is drawn after that. Answers the
-- version. Refusals are raised, so that the transaction cannot commit after them.
CREATE OR REPLACE FUNCTION waybill.enqueue(
  expected bigint, slot int, id text, major int, tenant text, aggregate_type text, aggregate_id text, partition_key text,
  type text, topic text, payload text, source text, event_time text, data_schema text, content_type text, correlation_id text,
  causation_id text, traceparent text, tracestate text, baggage text) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  given bigint;
BEGIN
  IF current_setting('synchronous_commit') = 'off' THEN
    RAISE EXCEPTION 'synchronous_commit is off' USING ERRCODE = 'WB002';
  END IF;
  INSERT INTO waybill.stream AS s (tenant, aggregate_type, aggregate_id, version) VALUES ($5, $6, $7, 1)
  ON CONFLICT (tenant, aggregate_type, aggregate_id) DO UPDATE SET version = s.version + 1
  RETURNING s.version INTO given;
  IF $1 <> given THEN
    RAISE EXCEPTION '% % would get version %, and % was expected', $6, $7, given, $1 USING ERRCODE = 'WB001';
  END IF;
  INSERT INTO waybill.outbox (
    cluster, slot, kind, id, major, tenant, aggregatetype, aggregateid, aggregateversion, partitionkey, type, topic,
    payload, source, time, dataschema, contenttype, correlationid, causationid, traceparent, tracestate, baggage)
  VALUES (
    coalesce(nullif(current_setting('waybill.cluster_id', true), '')::bigint, waybill.known_cluster_id()), $2, 'event', $3::uuid, $4, $5, $6, $7, given, $8, $9, $10,
    decode($11, 'base64'), $12, $13, $14, $15, $16, $17, $18, $19, $20);
  RETURN given;
END $$;
`,
};
