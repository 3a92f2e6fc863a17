/**
 * Leases are judged by the database's clock alone; a relay judges its own by a clock that never goes back. Each claim
 * raises the epoch, under which alone a cursor is saved.
 */

/** A pause that is in force of one shard, or of all of them, which is left to whoever runs the relay. */
const PAUSE_OF_SHARD = `
  SELECT FROM waybill.pause p WHERE p.scope = 'relay' AND p.name = s.shard::text AND p.resumed_at IS NULL
     AND p.until > clock_timestamp()`;

/** $1 relay, $2 lease in ms, $3 shards, $4 their epochs. */
export const LEASE = `
WITH member AS (
  INSERT INTO waybill.relay_member (relay, alive_until) VALUES ($1, clock_timestamp() + $2 * interval '1 ms')
  ON CONFLICT (relay) DO UPDATE SET alive_until = EXCLUDED.alive_until
), renewed AS (
  UPDATE waybill.relay_shard s SET lease_until = clock_timestamp() + $2 * interval '1 ms'
    FROM unnest($3::int[], $4::bigint[]) v(shard, epoch)
   WHERE s.shard = v.shard AND s.epoch = v.epoch AND s.owner = $1
  RETURNING s.shard
)
SELECT json_build_object(
  'renewed', (SELECT coalesce(json_agg(shard), '[]') FROM renewed),
  'alive', (SELECT json_agg(relay) FROM (
              SELECT relay FROM waybill.relay_member WHERE alive_until > clock_timestamp() UNION SELECT $1) a),
  'leases', (SELECT json_agg(json_build_object('shard', shard, 'owner',
               CASE WHEN lease_until > clock_timestamp() THEN owner END) ORDER BY shard) FROM waybill.relay_shard),
  'paused', (SELECT coalesce(json_agg(shard), '[]') FROM waybill.relay_shard s WHERE EXISTS (${PAUSE_OF_SHARD})),
  'releases', (SELECT coalesce(json_agg(json_build_object('kind', kind, 'tenant', tenant, 'aggregateType', aggregatetype,
               'aggregateId', aggregateid)), '[]') FROM waybill.outbox_held WHERE release AND slot / 64 = ANY ($3::int[])),
  'lastPosition', (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM waybill.outbox_position))::text`;

/** $1 relay, $2 lease in ms, $3 shards. SKIP LOCKED: two relays that claim at once do not wait for each other. */
export const CLAIM = `
WITH free AS (
  SELECT shard FROM waybill.relay_shard s
   WHERE shard = ANY ($3::int[]) AND NOT EXISTS (${PAUSE_OF_SHARD}) AND (owner IS NULL OR owner = $1 OR lease_until IS NULL OR lease_until <= clock_timestamp())
   ORDER BY shard FOR UPDATE SKIP LOCKED
)
UPDATE waybill.relay_shard s
   SET owner = $1, epoch = s.epoch + 1, lease_until = clock_timestamp() + $2 * interval '1 ms'
  FROM free WHERE s.shard = free.shard
RETURNING s.shard, s.epoch, s.prev::text, s.target::text, s.position`;

/** $1 relay, $2 shards, $3 their epochs. The others are told, so that they need not wait for their next look. */
export const RELEASE = `
WITH released AS (
  UPDATE waybill.relay_shard s SET owner = NULL, lease_until = NULL
    FROM unnest($2::int[], $3::bigint[]) v(shard, epoch)
   WHERE s.shard = v.shard AND s.epoch = v.epoch AND s.owner = $1
  RETURNING s.shard
)
SELECT pg_notify('waybill_outbox', 'release') FROM released LIMIT 1`;

export const LEAVE = 'DELETE FROM waybill.relay_member WHERE relay = $1';

/** $1 shards. */
export const HELD = `
SELECT kind, tenant, aggregatetype, aggregateid, slot, from_version, position, code, message
  FROM waybill.outbox_held WHERE slot / 64 = ANY ($1::int[])`;

/**
 * $1 shards, $2 epochs, $3 prevs, $4 targets, $5 positions, $6 what is held anew, $7 what is released (JSON). A shard
 * whose epoch has moved on saves nothing, and records nothing either.
 */
export const SAVE = `
WITH saved AS (
  UPDATE waybill.relay_shard s
     SET prev = v.prev::pg_snapshot, target = v.target::pg_snapshot, position = v.position, saved_at = now()
    FROM unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::bigint[]) v(shard, epoch, prev, target, position)
   WHERE s.shard = v.shard AND s.epoch = v.epoch
  RETURNING s.shard
), released AS (
  DELETE FROM waybill.outbox_held h
   USING json_to_recordset($7::json) AS r("kind" text, "tenant" text, "aggregateType" text, "aggregateId" text)
   WHERE (h.kind, h.tenant, h.aggregatetype, h.aggregateid) = (r."kind", r."tenant", r."aggregateType", r."aggregateId")
     AND h.slot / 64 IN (SELECT shard FROM saved)
), held AS (
  INSERT INTO waybill.outbox_held (kind, tenant, aggregatetype, aggregateid, slot, from_version, position, code, message)
  SELECT r."kind", r."tenant", r."aggregateType", r."aggregateId", r."slot", r."fromVersion", r."position", r."code", r."message"
    FROM json_to_recordset($6::json) AS r("kind" text, "tenant" text, "aggregateType" text, "aggregateId" text,
         "slot" smallint, "fromVersion" bigint, "position" bigint, "code" text, "message" text)
   WHERE r."slot" / 64 IN (SELECT shard FROM saved)
  ON CONFLICT (kind, tenant, aggregatetype, aggregateid) DO UPDATE
     SET from_version = EXCLUDED.from_version, position = EXCLUDED.position, code = EXCLUDED.code,
         message = EXCLUDED.message, held_at = now(), release = false
)
SELECT shard FROM saved`;
