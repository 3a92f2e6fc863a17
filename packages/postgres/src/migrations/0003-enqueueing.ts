import type { Migration } from '../migrate.ts';

/**
 * One event of one aggregate, which nearly every call publishes, as a function: its statements are planned once for
 * each connection, and not at each call, where the plan of the general statement takes longer than the inserts.
 */
export const enqueueing: Migration = {
  version: 3,
  name: 'enqueueing',
  sql: `
-- Kept in the session, where it cannot become wrong: the control file is read from disk at each look.
CREATE FUNCTION waybill.known_cluster_id() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  known text := current_setting('waybill.cluster_id', true);
BEGIN
  IF known IS NULL OR known = '' THEN
    known := set_config('waybill.cluster_id', waybill.cluster_id()::text, false);
  END IF;
  RETURN known::bigint;
END $$;

-- The head first, which locks the aggregate until the commit; the row's position is drawn after that. Answers the
-- version. Refusals are raised, so that the transaction cannot commit after them.
CREATE FUNCTION waybill.enqueue(
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
    waybill.known_cluster_id(), $2, 'event', $3::uuid, $4, $5, $6, $7, given, $8, $9, $10,
    decode($11, 'base64'), $12, $13, $14, $15, $16, $17, $18, $19, $20);
  RETURN given;
END $$;
`,
};
