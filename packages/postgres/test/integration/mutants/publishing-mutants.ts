import { mistakesIn, type SqlMutant } from './sql-mutant.ts';

/** Mistakes in what reads the outbox, leases its shards and saves cursors. */
export const publishingMutants: readonly SqlMutant[] = [
  ...mistakesIn('publishing/poll-sql.ts', [
    {
      name: 'leave the first transaction of a delta out',
      find: 'WHERE o.xid >= $1::xid8 AND (o.slot',
      replace: 'WHERE o.xid > $1::xid8 AND (o.slot',
      why: 'a snapshot’s xmax is the id that the next transaction may have, and that one’s rows are lost',
      found: 'takes a transaction’s id for the bound of a delta and for one in flight alike',
    },
    {
      name: 'forget the transactions that were in flight',
      find: 'WHERE o.xid = x.xid AND (o.slot',
      replace: 'WHERE false AND o.xid = x.xid AND (o.slot',
      why: 'what a long transaction wrote is never found',
      found: 'finds what a long transaction wrote when that commits, and lets nobody wait for it',
    },
    {
      name: 'leave the rows of a poll in the order of its branches',
      find: ' ORDER BY d.position`',
      replace: '`',
      why: 'the later version can stand in the earlier branch',
      found: 'keeps the order of versions when the older transaction writes the later one',
    },
    {
      name: 'read no row beyond the limit',
      find: `WHERE o.xid >= $1::xid8 AND (o.slot + 0) / 64 = ANY ($3::int[])
    ORDER BY o.xid LIMIT \${limit + 1})`,
      replace: `WHERE o.xid >= $1::xid8 AND (o.slot + 0) / 64 = ANY ($3::int[])
    ORDER BY o.xid LIMIT \${limit})`,
      why: 'a delta that overflows passes for a whole one, and the rest of it is lost',
      found: 'has the whole delta up to its limit, and more rows than that when there are more',
    },
    {
      name: 'look for the lowest position among the new transactions alone',
      find: 'FROM unnest($2::xid8[]) x(xid) JOIN waybill.outbox o ON o.xid = x.xid OFFSET 0) q`',
      replace: 'FROM unnest($2::xid8[]) x(xid) JOIN waybill.outbox o ON false AND o.xid = x.xid OFFSET 0) q`',
      why: 'a backlog begins above the rows of a long transaction, and never reads them',
      found: 'begins at the lowest position of its delta, in whatever transaction that is',
    },
    {
      name: 'read a backlog beyond its target',
      find: 'AND o.xid < $4::xid8 AND o.xid <> ALL ($5::xid8[])) IS TRUE',
      replace: 'AND $4::xid8 IS NOT NULL AND $5::xid8[] IS NOT NULL) IS TRUE',
      why: 'rows are read that the next delta reads again, and out of order',
      found: 'ends at its target: what is committed after that is the next delta’s',
    },
    {
      name: 'take what ran at a backlog’s target for a part of it',
      find: 'AND o.xid < $4::xid8 AND o.xid <> ALL ($5::xid8[])) IS TRUE',
      replace: 'AND o.xid < $4::xid8 AND $5::xid8[] IS NOT NULL) IS TRUE',
      why: 'whether a row is read depends on when its transaction ends, and position has passed it by then',
      found: 'ends at its target: what is committed after that is the next delta’s',
    },
    {
      name: 'forget in a backlog what ran at its beginning',
      find: 'AND ((o.xid >= $1::xid8 OR o.xid = ANY ($2::xid8[])) AND o.xid < $4',
      replace: 'AND ((o.xid >= $1::xid8 AND $2::xid8[] IS NOT NULL) AND o.xid < $4',
      why: 'what a long transaction wrote is lost when many others wrote as well',
      found: 'has the rows of transactions that ran at its beginning, which lie below what was read before',
    },
    {
      name: 'read the last row of a chunk again',
      find: 'WHERE o.position > $6::bigint',
      replace: 'WHERE o.position >= $6::bigint',
      why: 'a chunk of one row never ends',
      found: 'is read along position, a chunk of the limit at a time',
    },
    {
      name: 'publish on release what the cursor has yet to pass',
      find: 'AND o.xid < $8::xid8 AND o.xid <> ALL ($9::xid8[])))',
      replace: 'AND $8::xid8 IS NOT NULL AND $9::xid8[] IS NOT NULL) OR true)',
      why: 'a released event goes out twice, and out of order',
      found: 'tells what of a held aggregate it has passed, from the held version on',
    },
  ]),
  ...mistakesIn('publishing/relay-session.ts', [
    {
      name: 'poll each group at a snapshot of its own',
      find: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
      replace: 'BEGIN READ ONLY',
      why: 'groups never become one, and each poll costs as many statements as there are shards',
      found: 'of several groups is at one and the same snapshot, while others commit',
    },
    {
      name: 'leave the transaction of a poll open',
      find: "    await this.#polls.query('COMMIT');\n",
      replace: '',
      why: 'every later poll sees what the first one saw',
      found: 'of several groups is at one and the same snapshot, while others commit',
    },
  ]),
  ...mistakesIn('publishing/lease-sql.ts', [
    {
      name: 'claim shards whose lease lasts',
      find: '(owner IS NULL OR owner = $1 OR lease_until IS NULL OR lease_until <= clock_timestamp())',
      replace: 'true',
      why: 'two relays publish the same shard',
      found: 'is not given to another while it lasts, and is when it has run out',
    },
    {
      name: 'claim under the epoch of the one before',
      find: 'epoch = s.epoch + 1',
      replace: 'epoch = s.epoch',
      why: 'nothing tells the new owner from the old one',
      found: 'is not moved by a relay whose shard another has claimed since',
    },
    {
      name: 'renew a lease under an old epoch',
      find: 'WHERE s.shard = v.shard AND s.epoch = v.epoch AND s.owner = $1\n  RETURNING s.shard\n)\nSELECT json_build_object',
      replace: 'WHERE s.shard = v.shard AND s.owner = $1\n  RETURNING s.shard\n)\nSELECT json_build_object',
      why: 'an earlier session of a relay goes on beside the present one',
      found: 'may be claimed again by the relay that has it, with a new epoch',
    },
    {
      name: 'release a shard that is another’s',
      find: 'WHERE s.shard = v.shard AND s.epoch = v.epoch AND s.owner = $1\n  RETURNING s.shard\n)\nSELECT pg_notify',
      replace: 'WHERE s.shard = v.shard AND $1::text IS NOT NULL\n  RETURNING s.shard\n)\nSELECT pg_notify',
      why: 'a relay that comes back frees what another works on',
      found: 'is given up at once, by whom it belongs to alone, and the others hear of it',
    },
    {
      name: 'forget the fence of a cursor',
      find: `v(shard, epoch, prev, target, position)
   WHERE s.shard = v.shard AND s.epoch = v.epoch`,
      replace: `v(shard, epoch, prev, target, position)
   WHERE s.shard = v.shard`,
      why: 'a relay that was stopped and goes on moves the cursor of the one that took over',
      found: 'is not moved by a relay whose shard another has claimed since',
    },
    {
      name: 'save a position without its target',
      find: 'target = v.target::pg_snapshot, position = v.position, saved_at',
      replace: 'target = NULL, position = NULL, saved_at',
      why: 'the next relay begins the backlog anew at every restart, or, with a position alone, loses its end',
      found: 'is saved with its target and position as one, and is what the next claim answers',
    },
    {
      name: 'hold for a relay that was fenced',
      find: '   WHERE r."slot" / 64 IN (SELECT shard FROM saved)\n  ON CONFLICT',
      replace: '   WHERE true\n  ON CONFLICT',
      why: 'an aggregate is held though its new relay has published it',
      found: 'that is fenced records neither what is held nor what is released',
    },
    {
      name: 'release for a relay that was fenced',
      find: '\n     AND h.slot / 64 IN (SELECT shard FROM saved)',
      replace: '',
      why: 'what another relay holds is forgotten, and its events are lost',
      found: 'that is fenced records neither what is held nor what is released',
    },
  ]),
  ...mistakesIn('publishing/outbox-store.ts', [
    {
      name: 'raise heads as they are named',
      find: 'FROM rise ORDER BY tenant, aggregatetype, aggregateid',
      replace: 'FROM rise ORDER BY (SELECT min(n) FROM entry e WHERE e.aggregateid = rise.aggregateid)',
      why: 'two calls for the same aggregates deadlock',
      found: 'does not deadlock when many write the same aggregates in different orders',
    },
    {
      name: 'draw positions in no order',
      find: '   ORDER BY p.n\n)\nSELECT version',
      replace: '   ORDER BY p.n DESC\n)\nSELECT version',
      why: 'the later version of an aggregate has the lower position',
      found: 'numbers the events of an aggregate 1, 2, 3 over calls and transactions',
    },
    {
      name: 'take any version for the expected one',
      find: 'CASE WHEN p.expected <> p.version',
      replace: 'CASE WHEN false AND p.expected <> p.version',
      why: 'a stale writer overwrites what it has not seen',
      found: 'takes an expected version that is the next one, and refuses every other',
    },
    {
      name: 'give each event of a call the version after the call',
      find: 'coalesce(e.given, h.version - r.steps + e.step)',
      replace: 'coalesce(e.given, h.version + 0 * e.step * r.steps)',
      why: 'two events have one version, and the ones before it are holes',
      found: 'numbers the events of an aggregate 1, 2, 3 over calls and transactions',
    },
  ]),
  ...mistakesIn('migrations/0004-lighter-inserts.ts', [
    {
      name: 'draw the position of a single event before its head is locked',
      find: `  given bigint;
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
`,
      replace: `  given bigint;
  drawn bigint := nextval('waybill.outbox_position');
BEGIN
  INSERT INTO waybill.stream AS s (tenant, aggregate_type, aggregate_id, version) VALUES ($5, $6, $7, 1)
  ON CONFLICT (tenant, aggregate_type, aggregate_id) DO UPDATE SET version = s.version + 1
  RETURNING s.version INTO given;
  INSERT INTO waybill.outbox (
    position, cluster, slot, kind, id, major, tenant, aggregatetype, aggregateid, aggregateversion, partitionkey, type, topic,
    payload, source, time, dataschema, contenttype, correlationid, causationid, traceparent, tracestate, baggage)
  VALUES (
    drawn,
`,
      why: 'who waited for the head has the later version at the lower position',
      found: 'lets the second writer of an aggregate wait, and gives it the version after the first',
    },
    {
      name: 'take any version for the expected one of a single event',
      find: 'IF $1 <> given THEN',
      replace: 'IF false THEN',
      why: 'a stale writer overwrites what it has not seen',
      found: 'takes an expected version that is the next one, and refuses every other',
    },
  ]),
  ...mistakesIn('migrations/0001-publishing.ts', [
    {
      name: 'draw positions in sets of twenty',
      find: 'CREATE SEQUENCE waybill.outbox_position AS bigint CACHE 1;',
      replace: 'CREATE SEQUENCE waybill.outbox_position AS bigint CACHE 20;',
      why: 'two sessions draw positions out of the order of versions',
      found: 'draws positions in the order of versions, whoever writes them',
    },
  ]),
];
