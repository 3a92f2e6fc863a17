import type { DeliveryFigures, ServiceTables } from '../evidence.ts';
import type { Rows } from './rows.ts';

/** What happens in a service's operation is published from its outbox too, and is no part of what became of the orders. */
const ofDomain = "NOT LIKE 'operations.%'";

/** Reads Waybill's own tables, and the ledger, of one service. */
export async function readServiceTables(rows: Rows): Promise<ServiceTables> {
  return {
    heads: await rows(
      `SELECT tenant, aggregate_type, aggregate_id, version FROM waybill.stream WHERE aggregate_type ${ofDomain}`,
      (row) => ({
        ...aggregate(row),
        tenant: row.text('tenant'),
        version: row.number('version'),
      }),
    ),
    outbox: await rows(
      `SELECT kind, id, type, tenant, aggregatetype AS aggregate_type, aggregateid AS aggregate_id,
              aggregateversion AS version, topic, created_at FROM waybill.outbox WHERE aggregatetype ${ofDomain}`,
      (row) => ({
        ...aggregate(row),
        kind: row.text('kind') === 'snapshot' ? ('snapshot' as const) : ('event' as const),
        id: row.text('id'),
        type: row.text('type'),
        tenant: row.text('tenant'),
        version: row.number('version'),
        topic: row.text('topic'),
        createdAt: row.date('created_at'),
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
    parked: await rows(
      `SELECT consumer, event_id, aggregate_type, aggregate_id, version, reason, parked_at FROM waybill.parked`,
      (row) => ({
        ...aggregate(row),
        consumer: row.text('consumer'),
        eventId: row.text('event_id'),
        version: row.number('version'),
        reason: row.text('reason'),
        parkedAt: row.date('parked_at'),
      }),
    ),
    entities: await rows(
      `SELECT consumer, aggregate_type, aggregate_id, applied, reconciled FROM waybill.entity`,
      (row) => ({
        ...aggregate(row),
        consumer: row.text('consumer'),
        applied: row.number('applied'),
        reconciled: row.number('reconciled'),
      }),
    ),
  };
}

function aggregate(row: { text(column: string): string }) {
  return { aggregateType: row.text('aggregate_type'), aggregateId: row.text('aggregate_id') };
}

/** What the consumers of a service counted since `since`; deliveries are counted since the tables were made. */
export async function readFigures(rows: Rows, since: Date): Promise<DeliveryFigures> {
  const [figures] = await rows(
    `WITH seen AS (
       SELECT consumer, aggregate_type, aggregate_id, version, received_at AS at FROM waybill.inbox
        WHERE received_at >= $1
       UNION ALL
       SELECT consumer, aggregate_type, aggregate_id, version, skipped_at FROM waybill.skipped
        WHERE reason = 'covered' AND skipped_at >= $1),
     ranked AS (
       SELECT version, max(version) OVER (PARTITION BY consumer, aggregate_type, aggregate_id ORDER BY at, version
                                          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS highest FROM seen)
     SELECT (SELECT coalesce(sum(deliveries), 0) FROM waybill.consumer_position) AS deliveries,
            (SELECT count(*) FROM waybill.skipped WHERE reason = 'duplicate' AND skipped_at >= $1) AS duplicates,
            (SELECT count(*) FROM ranked WHERE version < highest) AS out_of_order`,
    (row) => ({
      deliveries: row.number('deliveries'),
      duplicateDeliveries: row.number('duplicates'),
      outOfOrderDeliveries: row.number('out_of_order'),
    }),
    [since],
  );
  return figures ?? { deliveries: 0, duplicateDeliveries: 0, outOfOrderDeliveries: 0 };
}
