import type { EventId } from '@waybill/contracts';
import type { HandledEvent, Queryable, SkippedDelivery } from '@waybill/messaging';

export async function handledIds(
  tx: Queryable,
  consumer: string,
  ids: readonly EventId[],
): Promise<ReadonlySet<EventId>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query(
    `SELECT event_id FROM waybill.inbox WHERE event_id = ANY ($1::uuid[]) AND consumer = $2`,
    [ids, consumer],
  );
  return new Set(rows.map((row) => row['event_id'] as EventId));
}

/** Writes the dedupe rows in one statement; an id that is there already violates the primary key. */
export async function recordHandled(tx: Queryable, consumer: string, handled: readonly HandledEvent[]): Promise<void> {
  if (handled.length === 0) return;
  const column = <T>(pick: (event: HandledEvent) => T): T[] => handled.map(pick);
  await tx.query(
    `INSERT INTO waybill.inbox (consumer, event_id, tenant, aggregate_type, aggregate_id, version, type, event_time,
       correlation_id, causation_id, trace_id, topic, partition, log_offset, arrival, received_at, work_ms, attempts)
     SELECT $1, h.* FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::timestamptz[],
       $9::text[], $10::text[], $11::text[], $12::text[], $13::int[], $14::bigint[], $15::text[], $16::timestamptz[],
       $17::real[], $18::int[]) AS h`,
    [
      consumer,
      column(({ envelope }) => envelope.id),
      column(({ envelope }) => envelope.tenant),
      column(({ envelope }) => envelope.aggregateType),
      column(({ envelope }) => envelope.aggregateId),
      column(({ envelope }) => envelope.aggregateVersion),
      column(({ envelope }) => envelope.type),
      column(({ envelope }) => envelope.time),
      column(({ envelope }) => envelope.correlationId),
      column(({ envelope }) => envelope.causationId ?? null),
      column(({ envelope }) => envelope.trace.traceparent?.split('-')[1] ?? null),
      column(({ origin }) => origin?.topic ?? null),
      column(({ origin }) => origin?.partition ?? null),
      column(({ origin }) => origin?.offset ?? null),
      column(({ arrival }) => arrival),
      column(({ receivedAt }) => receivedAt),
      column(({ workMs }) => workMs),
      column(({ attempts }) => attempts),
    ],
  );
}

export async function recordSkipped(
  tx: Queryable,
  consumer: string,
  skipped: readonly SkippedDelivery[],
): Promise<void> {
  if (skipped.length === 0) return;
  const column = <T>(pick: (delivery: SkippedDelivery) => T): T[] => skipped.map(pick);
  await tx.query(
    `INSERT INTO waybill.skipped (consumer, event_id, type, aggregate_type, aggregate_id, version, reason, correlation_id,
       topic, partition, log_offset)
     SELECT $1, s.* FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
       $9::text[], $10::int[], $11::bigint[]) AS s`,
    [
      consumer,
      column(({ envelope }) => envelope.id),
      column(({ envelope }) => envelope.type),
      column(({ envelope }) => envelope.aggregateType),
      column(({ envelope }) => envelope.aggregateId),
      column(({ envelope }) => envelope.aggregateVersion),
      column(({ reason }) => reason),
      column(({ envelope }) => envelope.correlationId),
      column(({ origin }) => origin?.topic ?? null),
      column(({ origin }) => origin?.partition ?? null),
      column(({ origin }) => origin?.offset ?? null),
    ],
  );
}
