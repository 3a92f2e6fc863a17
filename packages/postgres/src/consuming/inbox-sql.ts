import type { EventId } from '@waybill/contracts';
import type { HandledEvent, Queryable, SkippedDelivery } from '@waybill/messaging';
import { plainArray, textArray, timeArray } from '../array-literals.ts';

export async function handledIds(
  tx: Queryable,
  consumer: string,
  ids: readonly EventId[],
): Promise<ReadonlySet<EventId>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query(
    `SELECT event_id FROM waybill.inbox WHERE event_id = ANY ($1::uuid[]) AND consumer = $2`,
    [plainArray(ids), consumer],
  );
  return new Set(rows.map((row) => row['event_id'] as EventId));
}

/** Writes the dedupe rows in one statement; an id that is there already violates the primary key. */
export async function recordHandled(tx: Queryable, consumer: string, handled: readonly HandledEvent[]): Promise<void> {
  if (handled.length === 0) return;
  await tx.query(
    `INSERT INTO waybill.inbox (consumer, event_id, tenant, aggregate_type, aggregate_id, version, type, event_time,
       correlation_id, causation_id, trace_id, topic, partition, log_offset, arrival, received_at, work_ms, attempts)
     SELECT $1, h.* FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::timestamptz[],
       $9::text[], $10::text[], $11::text[], $12::text[], $13::int[], $14::bigint[], $15::text[], $16::timestamptz[],
       $17::real[], $18::int[]) AS h`,
    [
      consumer,
      plainArray(handled.map(({ envelope }) => envelope.id)),
      textArray(handled.map(({ envelope }) => envelope.tenant)),
      textArray(handled.map(({ envelope }) => envelope.aggregateType)),
      textArray(handled.map(({ envelope }) => envelope.aggregateId)),
      plainArray(handled.map(({ envelope }) => envelope.aggregateVersion)),
      textArray(handled.map(({ envelope }) => envelope.type)),
      timeArray(handled.map(({ envelope }) => envelope.time)),
      textArray(handled.map(({ envelope }) => envelope.correlationId)),
      textArray(handled.map(({ envelope }) => envelope.causationId)),
      textArray(handled.map(({ envelope }) => envelope.trace.traceparent?.split('-')[1])),
      textArray(handled.map(({ origin }) => origin?.topic)),
      plainArray(handled.map(({ origin }) => origin?.partition)),
      plainArray(handled.map(({ origin }) => origin?.offset)),
      textArray(handled.map(({ arrival }) => arrival)),
      timeArray(handled.map(({ receivedAt }) => receivedAt)),
      plainArray(handled.map(({ workMs }) => workMs)),
      plainArray(handled.map(({ attempts }) => attempts)),
    ],
  );
}

export async function recordSkipped(
  tx: Queryable,
  consumer: string,
  skipped: readonly SkippedDelivery[],
): Promise<void> {
  if (skipped.length === 0) return;
  await tx.query(
    `INSERT INTO waybill.skipped (consumer, event_id, type, aggregate_type, aggregate_id, version, reason, correlation_id,
       topic, partition, log_offset)
     SELECT $1, s.* FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
       $9::text[], $10::int[], $11::bigint[]) AS s`,
    [
      consumer,
      plainArray(skipped.map(({ envelope }) => envelope.id)),
      textArray(skipped.map(({ envelope }) => envelope.type)),
      textArray(skipped.map(({ envelope }) => envelope.aggregateType)),
      textArray(skipped.map(({ envelope }) => envelope.aggregateId)),
      plainArray(skipped.map(({ envelope }) => envelope.aggregateVersion)),
      textArray(skipped.map(({ reason }) => reason)),
      textArray(skipped.map(({ envelope }) => envelope.correlationId)),
      textArray(skipped.map(({ origin }) => origin?.topic)),
      plainArray(skipped.map(({ origin }) => origin?.partition)),
      plainArray(skipped.map(({ origin }) => origin?.offset)),
    ],
  );
}
