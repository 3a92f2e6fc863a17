import { Buffer } from 'node:buffer';
import { keyOf, type OutboxEntry, type OutboxStore, UnsafeCommitError, VersionConflictError } from '@waybill/messaging';
import { preparing, PreparedStatements } from '../prepared-statements.ts';
import type { ConnectionPool } from '../transaction.ts';
import { runIn } from './run-in.ts';
import { messageOf, sqlStateOf } from './sql-failure.ts';

const VERSION_CONFLICT = 'WB001';
const UNSAFE_COMMIT = 'WB002';

/**
 * The outbox of a PostgreSQL database that has Waybill's migrations. It writes through any client with
 * `query(sql, params)` and through Kysely transactions, also behind a transaction pooler.
 */
export function postgresOutbox(): OutboxStore {
  return {
    async append(tx, entries) {
      if (entries.length === 0) return [];
      try {
        const [only] = entries;
        const rows =
          only && entries.length === 1 && isPlain(only)
            ? await runIn(tx, APPEND_ONE, oneEvent(only))
            : await runIn(tx, APPEND, [JSON.stringify(entries.map(toParameter))]);
        return rows.map((row) => ({ version: Number(row['version']) }));
      } catch (error) {
        throw translate(error);
      }
    },
  };
}

/**
 * Lends connections of `pg` on which the statement of `publish` for one event is prepared: parsing and planning it take
 * the server a fifth of what it does for the transaction. All other statements stay as they are. Not behind a pooler
 * that gives each transaction another connection and does not know of prepared statements.
 */
export function publishingPool(pool: ConnectionPool): ConnectionPool {
  const statements = new PreparedStatements(APPEND_ONE);
  return {
    async connect() {
      const connection = await pool.connect();
      const prepared = preparing(connection, statements);
      return {
        query: async (sql, params) => prepared.query(sql, params),
        release: (problem) => connection.release(problem ?? prepared.staleness),
      };
    },
  };
}

/** What nearly every call writes: one event, in one rendition, at its aggregate's next version. */
function isPlain({ kind, renditions, version }: OutboxEntry): boolean {
  return kind === 'event' && renditions === null && version.take === 'next';
}

/** The parameters of {@link APPEND_ONE}. */
function oneEvent(entry: OutboxEntry): readonly (string | number | null)[] {
  return [
    entry.version.take === 'next' ? (entry.version.expected ?? null) : null,
    entry.slot,
    entry.id,
    entry.major,
    entry.tenant,
    entry.aggregateType,
    entry.aggregateId,
    keyOf(entry),
    entry.type,
    entry.topic,
    base64(entry.payload),
    entry.source,
    entry.time,
    entry.dataSchema,
    entry.contentType,
    entry.correlationId,
    entry.causationId,
    entry.traceparent,
    entry.tracestate,
    entry.baggage,
  ];
}

/** Bytes as every driver passes them alike. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** One entry as the statement takes it: one text parameter serves every driver alike, which arrays of bytes do not. */
function toParameter(entry: OutboxEntry, n: number): Record<string, unknown> {
  const { version } = entry;
  return {
    n,
    fact: entry.fact,
    given: version.take === 'given' ? version.version : undefined,
    expected: version.take === 'next' ? version.expected : undefined,
    slot: entry.slot,
    kind: entry.kind,
    id: entry.id,
    major: entry.major,
    tenant: entry.tenant,
    aggregatetype: entry.aggregateType,
    aggregateid: entry.aggregateId,
    type: entry.type,
    topic: entry.topic,
    payload: base64(entry.payload),
    source: entry.source,
    time: entry.time,
    dataschema: entry.dataSchema,
    contenttype: entry.contentType,
    correlationid: entry.correlationId,
    causationid: entry.causationId ?? undefined,
    renditions: entry.renditions ?? undefined,
    traceparent: entry.traceparent ?? undefined,
    tracestate: entry.tracestate ?? undefined,
    baggage: entry.baggage ?? undefined,
  };
}

function translate(error: unknown): unknown {
  switch (sqlStateOf(error)) {
    case VERSION_CONFLICT:
      return new VersionConflictError(messageOf(error), { cause: error });
    case UNSAFE_COMMIT:
      return new UnsafeCommitError({ cause: error });
    default:
      return error;
  }
}

/** Its inserts are planned once for each connection, inside the function, also behind a transaction pooler. */
const APPEND_ONE = `SELECT waybill.enqueue($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) AS version`;

/**
 * Heads first, in id order, so that two calls cannot deadlock; then versions; then the rows, whose positions are drawn
 * above the sort and so after every head is locked. `planned` is materialised, so that its rows are what is written
 * and what is answered. Refusals are raised inside the statement: the transaction cannot commit after them.
 */
const APPEND = `
WITH entry AS MATERIALIZED (
  SELECT e.*,
         CASE WHEN e.kind = 'event' THEN
           dense_rank() OVER (PARTITION BY e.kind, e.tenant, e.aggregatetype, e.aggregateid ORDER BY e.fact)
         END AS step
    FROM json_to_recordset($1::json) AS e(
      n int, fact int, given bigint, expected bigint, slot smallint, kind text, id uuid, major smallint, tenant text,
      aggregatetype text, aggregateid text, type text, topic text, payload text, source text, time text,
      dataschema text, contenttype text, correlationid text, causationid text, renditions text, traceparent text, tracestate text,
      baggage text)
   WHERE CASE WHEN current_setting('synchronous_commit') = 'off'
              THEN waybill.refuse('${UNSAFE_COMMIT}', 'synchronous_commit is off') ELSE true END
), rise AS MATERIALIZED (
  SELECT tenant, aggregatetype, aggregateid, max(step) AS steps FROM entry WHERE kind = 'event' GROUP BY 1, 2, 3
), head AS (
  INSERT INTO waybill.stream AS s (tenant, aggregate_type, aggregate_id, version)
  SELECT tenant, aggregatetype, aggregateid, steps FROM rise ORDER BY tenant, aggregatetype, aggregateid
  ON CONFLICT (tenant, aggregate_type, aggregate_id) DO UPDATE SET version = s.version + EXCLUDED.version
  RETURNING s.tenant, s.aggregate_type, s.aggregate_id, s.version
), planned AS MATERIALIZED (
  SELECT e.*, coalesce(e.given, h.version - r.steps + e.step) AS version
    FROM entry e
    LEFT JOIN rise r ON e.kind = 'event' AND (r.tenant, r.aggregatetype, r.aggregateid) = (e.tenant, e.aggregatetype, e.aggregateid)
    LEFT JOIN head h ON e.kind = 'event' AND (h.tenant, h.aggregate_type, h.aggregate_id) = (e.tenant, e.aggregatetype, e.aggregateid)
), written AS (
  INSERT INTO waybill.outbox (
    cluster, slot, kind, id, major, tenant, aggregatetype, aggregateid, aggregateversion, partitionkey, type, topic, payload, source,
    time, dataschema, contenttype, correlationid, causationid, renditions, traceparent, tracestate, baggage)
  SELECT (SELECT waybill.known_cluster_id()), p.slot, p.kind, p.id, p.major, p.tenant, p.aggregatetype, p.aggregateid, p.version,
         CASE WHEN p.tenant = '' THEN p.aggregateid ELSE p.tenant || '/' || p.aggregateid END, p.type, p.topic, decode(p.payload, 'base64'), p.source, p.time, p.dataschema, p.contenttype, p.correlationid,
         p.causationid, p.renditions, p.traceparent, p.tracestate, p.baggage
    FROM planned p
   WHERE CASE WHEN p.expected <> p.version
              THEN waybill.refuse('${VERSION_CONFLICT}', format('%s %s would get version %s, and %s was expected',
                                  p.aggregatetype, p.aggregateid, p.version, p.expected)) ELSE true END
   ORDER BY p.n
)
SELECT version FROM planned ORDER BY n`;
