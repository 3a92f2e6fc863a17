import type { Rows } from '../../loading/rows.ts';
import type { EntityRow, PositionRow, ProofTables } from '../evidence.ts';

/** Reads one database of the run. Tables that its service does not have are left empty. */
export async function readProofTables(rows: Rows, database: string): Promise<ProofTables> {
  const isBranch = database === 'east' || database === 'west';
  const accountsOf = isBranch ? `'${database}.account' AS aggregate_type, account` : 'aggregate_type, account';
  return {
    heads: await rows(`SELECT tenant, aggregate_type, aggregate_id, version FROM waybill.stream`, (row) => ({
      ...aggregate(row),
      tenant: row.text('tenant'),
      version: row.number('version'),
    })),
    outbox: await rows(
      `SELECT kind, id, type, tenant, aggregatetype AS aggregate_type, aggregateid AS aggregate_id,
              aggregateversion AS version, topic, created_at, slot / 64 AS shard FROM waybill.outbox WHERE kind = 'event'`,
      (row) => ({
        ...aggregate(row),
        kind: 'event' as const,
        id: row.text('id'),
        type: row.text('type'),
        tenant: row.text('tenant'),
        version: row.number('version'),
        topic: row.text('topic'),
        createdAt: row.date('created_at'),
        shard: row.number('shard'),
      }),
    ),
    // The rows of one entity are written under its lock, so that their times are in the order of insertion.
    effects: await rows(
      `SELECT row_number() OVER (ORDER BY at, ctid) AS position, consumer, event_id, aggregate_type, aggregate_id,
              version, type, at FROM public.effect_ledger`,
      (row) => ({
        ...aggregate(row),
        position: BigInt(row.text('position')),
        consumer: row.text('consumer'),
        eventId: row.text('event_id'),
        version: row.number('version'),
        type: row.text('type'),
        at: row.date('at'),
      }),
    ),
    inbox: await rows(`SELECT consumer, event_id, xmin::text AS xid FROM waybill.inbox`, (row) => ({
      consumer: row.text('consumer'),
      eventId: row.text('event_id'),
      xid: BigInt(row.text('xid')),
    })),
    parked: await readParked(rows),
    entities: await readEntities(rows),
    positions: await readPositions(rows),
    cursorWrites: await rows(`SELECT n, cursor, kind, epoch, writer, at FROM public.cursor_write`, (row) => ({
      n: BigInt(row.text('n')),
      cursor: row.text('cursor'),
      kind: row.text('kind') === 'claim' ? ('claim' as const) : ('move' as const),
      epoch: BigInt(row.text('epoch')),
      writer: row.text('writer'),
      at: row.date('at'),
    })),
    accounts:
      isBranch || database === 'office'
        ? await rows(
            `SELECT ${accountsOf} AS aggregate_id, total, "limit", digest FROM public.${isBranch ? 'account' : 'account_copy'}`,
            (row) => ({
              ...aggregate(row),
              total: row.number('total'),
              limit: row.number('limit'),
              digest: row.number('digest'),
            }),
          )
        : [],
    steps: isBranch
      ? await rows(`SELECT operation, account FROM public.operation_step`, (row) => ({
          operation: row.text('operation'),
          account: row.text('account'),
        }))
      : [],
  };
}

export async function readEntities(rows: Rows): Promise<readonly EntityRow[]> {
  return rows(
    `SELECT consumer, aggregate_type, aggregate_id, applied, holes::text AS holes FROM waybill.entity`,
    (row) => ({
      ...aggregate(row),
      consumer: row.text('consumer'),
      applied: row.number('applied'),
      holes: rangesOf(row.text('holes')),
    }),
  );
}

export async function readPositions(rows: Rows): Promise<readonly PositionRow[]> {
  return rows(
    `SELECT consumer, topic, partition, coalesce(next_offset, 0) AS next_offset FROM waybill.consumer_position`,
    (row) => ({
      consumer: row.text('consumer'),
      topic: row.text('topic'),
      partition: row.number('partition'),
      nextOffset: BigInt(row.text('next_offset')),
    }),
  );
}

export async function readParked(rows: Rows) {
  return rows(
    `SELECT consumer, event_id, aggregate_type, aggregate_id, version, reason, parked_at,
            CASE WHEN partition IS NULL THEN '' ELSE topic || '/' || partition || '/' || log_offset END AS place
       FROM waybill.parked`,
    (row) => ({
      ...aggregate(row),
      consumer: row.text('consumer'),
      eventId: row.text('event_id'),
      version: row.number('version'),
      reason: row.text('reason'),
      parkedAt: row.date('parked_at'),
      place: row.text('place'),
    }),
  );
}

/** Reads a multirange such as `{[2,4),[7,8)}`; PostgreSQL writes its ranges of integers half-open. */
function rangesOf(text: string): readonly (readonly [number, number])[] {
  return [...text.matchAll(/\[(\d+),(\d+)\)/g)].map(([, first, end]) => [Number(first), Number(end) - 1] as const);
}

function aggregate(row: { text(column: string): string }) {
  return { aggregateType: row.text('aggregate_type'), aggregateId: row.text('aggregate_id') };
}
